"""What is known of a session without asking the user service."""

from typing import Literal, Protocol

from api_gateway.domain.identity import Caller

Standing = Literal["live", "ended", "unknown"]


class SessionCache(Protocol):
    """What the user service has left in the cache about sessions. A hint: `unknown` is always a right answer."""

    async def standing(self, caller: Caller) -> Standing:
        """Never raises: a cache that does not answer knows nothing."""
        ...
