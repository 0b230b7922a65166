"""Who vouches for access tokens."""

from datetime import datetime
from typing import Protocol

from user_service.domain.ids import AccountId, SessionId


class TokenSigner(Protocol):
    """Signs with the key whose turn it is, publishes the public halves of all that are believed."""

    def sign(
        self, account_id: AccountId, session_id: SessionId, *, issued_at: datetime, expires_at: datetime
    ) -> str:
        """Gives a JWT with `sub sid iat exp aud`. MUST raise Unavailable while there is no key."""
        ...

    async def key_set(self) -> str:
        """Gives the public keys as a JSON Web Key Set (RFC 7517), those included that sign later, or with which
        another instance signs already. MUST raise Unavailable while there is no key."""
        ...
