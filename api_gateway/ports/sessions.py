"""Sessions, as the user service keeps them."""

from typing import Protocol

from api_gateway.domain.identity import Access, Session, SignedIn, Tokens


class Sessions(Protocol):
    """Calls speak for the caller whose token is being served; signing in and renewing need none.

    Refusals are RemoteError with the service's code; Unavailable means that nobody answered.
    """

    async def sign_in(self, *, email: str, password: str, device: str, client_address: str) -> SignedIn:
        """Never tried twice by itself: it may open a session more."""
        ...

    async def refresh(self, refresh_token: str) -> Tokens: ...

    async def check(self) -> None:
        """Raises RemoteError UNAUTHENTICATED if the caller's session is over."""
        ...

    async def prolong_access(self) -> Access:
        """Raises RemoteError UNAUTHENTICATED if the caller's session is over."""
        ...

    async def list(self) -> tuple[Session, ...]: ...

    async def end(self, session_id: str) -> None:
        """Ends one of the caller's sessions; "" is the one that asks."""
        ...
