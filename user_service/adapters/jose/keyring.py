"""Signs access tokens with the newest key of a directory, and publishes all of them."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jose import jwt
from jose.backends import ECKey

from chassis.errors import Unavailable
from chassis.telemetry import get_logger
from chassis.tokens import ALGORITHM, AUDIENCE
from user_service.adapters.jose.key_files import KeyFile, KeyUnusable, PrivateKey, list_keys, read_key
from user_service.domain.ids import AccountId, SessionId

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What the directory held when it was read last."""

    files: tuple[KeyFile, ...]
    signing_id: str
    signing_key: Any  # python-jose has no types
    key_set: str


class PemKeyring:
    """A TokenSigner. Nothing is read before `reload`; `reload` is asked for again and again by readiness."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._loaded: _Loaded | None = None

    async def reload(self) -> None:
        """Reads the directory if it has changed. Raises Unavailable, in words, while no key can be used.

        A directory that cannot be read any more changes nothing: the keys that were read stay in use.
        """
        await asyncio.to_thread(self._reload)
        self._current()

    def sign(
        self, account_id: AccountId, session_id: SessionId, *, issued_at: datetime, expires_at: datetime
    ) -> str:
        loaded = self._current()
        claims = {
            "sub": account_id,
            "sid": session_id,
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
            "aud": AUDIENCE,
        }
        return str(
            jwt.encode(claims, loaded.signing_key, algorithm=ALGORITHM, headers={"kid": loaded.signing_id})
        )

    async def key_set(self) -> str:
        # Whoever asks has perhaps just met a token of a new key: look before answering. Nobody asks often.
        await self.reload()
        return self._current().key_set

    def _current(self) -> _Loaded:
        if self._loaded is None:
            raise Unavailable("There is no token key yet: run `python -m user_service keys init`.")
        return self._loaded

    def _reload(self) -> None:
        try:
            files = tuple(list_keys(self._directory))
        except OSError as error:
            _logger.warning("token_keys_unreadable", error=str(error))
            return
        if self._loaded is not None and self._loaded.files == files:
            return
        keys = [key for file in files if (key := _usable(file)) is not None]
        if keys:
            self._loaded = _load(files, keys)
            _logger.info("token_keys_loaded", signing=keys[-1].key_id, published=len(keys))


def _usable(file: KeyFile) -> PrivateKey | None:
    try:
        return read_key(file)
    except KeyUnusable as error:  # the others go on
        _logger.warning("token_key_unusable", error=str(error))
        return None


def _load(files: tuple[KeyFile, ...], keys: list[PrivateKey]) -> _Loaded:
    signers = [(key.key_id, ECKey(key.pem, ALGORITHM)) for key in keys]
    published = [{**signer.public_key().to_dict(), "kid": key_id, "use": "sig"} for key_id, signer in signers]
    signing_id, signing_key = signers[-1]
    return _Loaded(files, signing_id, signing_key, json.dumps({"keys": published}))
