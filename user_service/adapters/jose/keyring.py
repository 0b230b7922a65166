"""Signs access tokens with the key whose turn it is, and publishes all that are believed."""

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
from user_service.domain.key_schedule import is_believed, signing
from user_service.ports.clock import Clock

_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Key:
    """What signs, and what proves it."""

    signer: Any  # python-jose has no types
    public: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What the directory held when it was read last; keys by id, oldest first."""

    files: tuple[KeyFile, ...]
    keys: dict[str, _Key]


class PemKeyring:
    """A TokenSigner. Nothing is read before `reload`; `reload` is asked for again and again by readiness."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
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
        keys = self._current().keys
        key_id = signing(tuple(keys), issued_at)
        claims = {
            "sub": account_id,
            "sid": session_id,
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
            "aud": AUDIENCE,
        }
        return str(jwt.encode(claims, keys[key_id].signer, algorithm=ALGORITHM, headers={"kid": key_id}))

    async def key_set(self) -> str:
        # Whoever asks has perhaps just met a token of a new key: look before answering. Nobody asks often.
        await self.reload()
        keys, now = self._current().keys, self._clock.now()
        ids = tuple(keys)
        return json.dumps({"keys": [keys[it].public for it in ids if is_believed(ids, it, now)]})

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
        keys = {key.key_id: _key(key) for file in files if (key := _usable(file)) is not None}
        if keys:
            self._loaded = _Loaded(files, keys)
            _logger.info("token_keys_loaded", keys=list(keys))


def _usable(file: KeyFile) -> PrivateKey | None:
    try:
        return read_key(file)
    except KeyUnusable as error:  # the others go on
        _logger.warning("token_key_unusable", error=str(error))
        return None


def _key(key: PrivateKey) -> _Key:
    signer = ECKey(key.pem, ALGORITHM)
    return _Key(signer, {**signer.public_key().to_dict(), "kid": key.key_id, "use": "sig"})
