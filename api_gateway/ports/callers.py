"""Who a request speaks for: what a token proves, and what is known of its session."""

from typing import Literal, Protocol

from api_gateway.domain.identity import Caller

Standing = Literal["live", "ended", "unknown"]


class Tokens(Protocol):
    """Proof of access tokens."""

    async def prove(self, token: str) -> Caller:
        """Makes the token the one that every further call of this request hands on.

        Raises Unauthenticated for one that proves nothing, Unavailable while its key cannot be had.
        """
        ...


class SessionCache(Protocol):
    """What the user service has left in the cache about sessions. A hint: `unknown` is always a right answer."""

    async def standing(self, caller: Caller) -> Standing:
        """Never raises: a cache that does not answer knows nothing."""
        ...
