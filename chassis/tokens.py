"""Access tokens: who a request speaks for, proven by any service itself with the keys of `user_service`.

ES256 JWTs (RFC 7519) with the claims `sub sid iat exp aud`, ten minutes long; keys as a JSON Web Key Set
(RFC 7517).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jose import jwt
from jose.backends import ECKey
from jose.exceptions import JOSEError

from chassis.errors import DomainError, Unauthenticated, Unavailable
from chassis.telemetry import get_logger

ALGORITHM = "ES256"
AUDIENCE = "stowage"
_logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for: an account, through one of its sessions, until `expires_at` (aware UTC)."""

    account_id: str
    session_id: str
    expires_at: datetime


class TokenVerifier:
    """Verifies access tokens with keys that it fetches, and keeps the last good ones when it cannot.

    `fetch_keys` returns a JWKS as JSON, or raises a DomainError when it cannot be had now.
    """

    def __init__(
        self,
        fetch_keys: Callable[[], Awaitable[str]],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        refetch_pause_seconds: float = 5.0,
        remember_tokens: int = 4096,
    ) -> None:
        self._fetch_keys = fetch_keys
        self._clock = clock
        self._refetch_pause_seconds = refetch_pause_seconds
        self._keys: Mapping[str, Any] = {}
        self._jwks = ""
        self._fetching = asyncio.Lock()
        self._attempted_at: datetime | None = None
        self._last_attempt_failed = False
        # Verifying costs 0.2 ms of CPU, and one request brings the same token several times.
        self._remember_tokens = remember_tokens
        self._verified: dict[str, Identity] = {}

    @property
    def has_keys(self) -> bool:
        """Whether any token can be verified at all."""
        return bool(self._keys)

    async def verify(self, token: str) -> Identity:
        """Raises Unauthenticated for a token that proves nothing, Unavailable while its key cannot be had."""
        remembered = self._verified.get(token)
        if remembered is not None and self._clock() < remembered.expires_at:
            return remembered
        identity = self._decode(token, await self._key_for(token))
        if len(self._verified) >= self._remember_tokens:
            del self._verified[next(iter(self._verified))]
        self._verified[token] = identity
        return identity

    async def refresh(self) -> None:
        """Fetch the keys now. Raises Unavailable if that fails; the last good ones stay in use."""
        async with self._fetching:
            await self._fetch()

    async def _key_for(self, token: str) -> Any:
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
        except JOSEError as error:
            raise Unauthenticated("The access token cannot be read.") from error
        if kid not in self._keys:
            await self._refetch_for(kid)
        if kid in self._keys:
            return self._keys[kid]
        if self._last_attempt_failed:
            raise Unavailable("The keys that prove access tokens cannot be had at the moment.")
        raise Unauthenticated("The access token was not signed here.")

    async def _refetch_for(self, kid: str) -> None:
        """Unknown key ids cost one fetch per pause, however many arrive.

        The regular fetches don't count: a key that is made right after one must not be refused meanwhile.
        """
        async with self._fetching:
            pausing = (
                self._attempted_at is not None
                and (self._clock() - self._attempted_at).total_seconds() < self._refetch_pause_seconds
            )
            if kid in self._keys or pausing:
                return
            self._attempted_at = self._clock()
            try:
                await self._fetch()
            except Unavailable as error:
                _logger.warning("signing_keys_unavailable", detail=error.detail)

    async def _fetch(self) -> None:
        self._last_attempt_failed = True
        try:
            jwks = await self._fetch_keys()
            if jwks != self._jwks:
                self._keys = _parse(jwks)
                self._jwks = jwks
                # A key that was withdrawn must not live on in what it once proved.
                self._verified.clear()
        except (DomainError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"The signing keys cannot be fetched: {error}") from error
        self._last_attempt_failed = False

    def _decode(self, token: str, key: Any) -> Identity:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                # Our own clock judges `exp` below; `require_exp` would turn python-jose's judgement on again.
                options={"require_aud": True, "require_sub": True, "verify_exp": False},
            )
            identity = Identity(
                account_id=claims["sub"],
                session_id=str(claims["sid"]),
                expires_at=datetime.fromtimestamp(int(claims["exp"]), UTC),
            )
        except (JOSEError, KeyError, ValueError, TypeError, OverflowError) as error:
            raise Unauthenticated("The access token is not valid.") from error
        if identity.expires_at <= self._clock():
            raise Unauthenticated("The access token has expired.")
        return identity


def _parse(jwks: str) -> dict[str, Any]:
    """Raises ValueError if no usable key is in it: an empty set never replaces a good one."""
    keys = {
        key["kid"]: ECKey(key, ALGORITHM)
        for key in json.loads(jwks)["keys"]
        if key.get("kty") == "EC" and key.get("crv") == "P-256"
    }
    if not keys:
        raise ValueError("the key set is empty")
    return keys
