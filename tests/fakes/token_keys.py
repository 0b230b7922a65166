"""What user_service does, as far as a verifier sees it: signs tokens, publishes the keys, can be away."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt

from chassis.errors import Unavailable
from chassis.tokens import ALGORITHM, AUDIENCE

ACCOUNT_ID = "a" * 32
SESSION_ID = "5" * 32


class TokenKeys:
    """`fetch` is what a TokenVerifier takes; `fetches` counts."""

    def __init__(self, *kids: str) -> None:
        self.fetches = 0
        self.away = False
        self._private: dict[str, str] = {}
        for kid in kids or ("k1",):
            self.add(kid)

    def add(self, kid: str) -> None:
        self._private[kid] = private_pem()

    def remove(self, kid: str) -> None:
        del self._private[kid]

    async def fetch(self) -> str:
        self.fetches += 1
        if self.away:
            raise Unavailable("user-service does not answer.")
        return json.dumps({"keys": [self.public(kid) for kid in self._private]})

    def public(self, kid: str) -> dict[str, Any]:
        return {**jwk.construct(self._private[kid], ALGORITHM).public_key().to_dict(), "kid": kid}

    def token(self, kid: str = "k1", *, now: datetime | None = None, **claims: Any) -> str:
        """A token of ten minutes; `claims` replace the usual ones, None leaves one out."""
        issued = now or datetime.now(UTC)
        everything = {
            "sub": ACCOUNT_ID,
            "sid": SESSION_ID,
            "iat": int(issued.timestamp()),
            "exp": int((issued + timedelta(minutes=10)).timestamp()),
            "aud": AUDIENCE,
        } | claims
        kept = {name: value for name, value in everything.items() if value is not None}
        return jwt.encode(kept, self._private[kid], ALGORITHM, headers={"kid": kid})


def private_pem() -> str:
    """A fresh P-256 key as PKCS8."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
