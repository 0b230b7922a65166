"""What user_service is told from outside."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chassis.settings import ServiceSettings
from user_service.domain.attempts import AttemptLimits, Limit


def _limit(value: object) -> object:
    """`10/600`: ten at once, which come back over 600 seconds."""
    if not isinstance(value, str):
        return value
    burst, _, seconds = value.partition("/")
    try:
        limit = Limit(int(burst), float(seconds))
    except ValueError as error:
        raise ValueError("say BURST/SECONDS, for example 10/600") from error
    if limit.burst < 1 or not 0 < limit.refill_seconds < 1_000_000:
        raise ValueError("needs a burst of at least 1, and some seconds")
    return limit


LimitSetting = Annotated[Limit, NoDecode, BeforeValidator(_limit)]  # NoDecode: it is no JSON
_DEFAULTS = AttemptLimits()
TokenKeysDir = Annotated[
    Path,
    Field(
        validation_alias="STOWAGE_TOKEN_KEYS_DIR",
        description="`<kid>.pem`, made by `python -m user_service keys init`.",
    ),
]


class TokenKeysSettings(BaseSettings):
    """What the `keys` command needs to know."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    token_keys_dir: TokenKeysDir


class UserSettings(ServiceSettings):
    """The parameters of argon2id may be changed at any time: each account's hash follows at its next sign-in."""

    token_keys_dir: TokenKeysDir
    refresh_secret: SecretStr = Field(
        min_length=32,
        validation_alias="STOWAGE_REFRESH_SECRET",
        description="Makes refresh tokens; the same for all instances. A new one signs everybody out.",
    )
    session_days: int = Field(
        30,
        ge=1,
        le=365,
        validation_alias="STOWAGE_SESSION_DAYS",
        description="A session unused for so long ends.",
    )

    # OWASP's least is 19 MiB and two passes; this is 32 MiB, about 50 ms on one core of 2026.
    argon2_memory_kib: int = Field(
        32 * 1024, ge=8, validation_alias="STOWAGE_ARGON2_MEMORY_KIB", description="Cost of a password."
    )
    argon2_passes: int = Field(
        2, ge=1, validation_alias="STOWAGE_ARGON2_PASSES", description="Cost of a password."
    )
    argon2_lanes: int = Field(
        1, ge=1, validation_alias="STOWAGE_ARGON2_LANES", description="Cost of a password."
    )
    argon2_threads: int = Field(
        0,
        ge=0,
        validation_alias="STOWAGE_ARGON2_THREADS",
        description="Passwords checked at once, each in the memory above; 0 means one less than there are cores.",
    )
    argon2_queue: int = Field(
        64,
        ge=0,
        validation_alias="STOWAGE_ARGON2_QUEUE",
        description="How many wait for their turn before others are told to come back.",
    )

    # See domain/attempts.py.
    throttle_pair: LimitSetting = Field(
        _DEFAULTS.per_pair,
        validation_alias="STOWAGE_THROTTLE_PAIR",
        description="Sign-in attempts / seconds in which they come back, of one account from one address.",
    )
    throttle_account: LimitSetting = Field(
        _DEFAULTS.per_account,
        validation_alias="STOWAGE_THROTTLE_ACCOUNT",
        description="The same, of one account from anywhere.",
    )
    throttle_address: LimitSetting = Field(
        _DEFAULTS.per_address,
        validation_alias="STOWAGE_THROTTLE_ADDRESS",
        description="The same, from one address for any account.",
    )

    @property
    def hashing_threads(self) -> int:
        return self.argon2_threads or max(1, len(os.sched_getaffinity(0)) - 1)

    @property
    def attempt_limits(self) -> AttemptLimits:
        return AttemptLimits(self.throttle_pair, self.throttle_account, self.throttle_address)
