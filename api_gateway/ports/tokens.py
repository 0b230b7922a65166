"""What an access token proves."""

from typing import Protocol

from api_gateway.domain.identity import Caller


class Tokens(Protocol):
    """Proof of access tokens."""

    async def prove(self, token: str) -> Caller:
        """Makes the token the one that every further call of this request hands on.

        Raises Unauthenticated for one that proves nothing, Unavailable while its key cannot be had.
        """
        ...
