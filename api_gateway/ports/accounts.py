"""Accounts and sessions, as the user service keeps them."""

from typing import Protocol

from api_gateway.domain.identity import Account, Session, SignedIn, Tokens


class Accounts(Protocol):
    """Calls speak for the caller whose token is being served. Refusals are RemoteError with the service's code;
    Unavailable means that nobody answered."""

    async def register(
        self, *, command_id: str, email: str, password: str, display_name: str, client_address: str
    ) -> Account: ...

    async def get(self) -> Account: ...

    async def rename(self, display_name: str | None) -> Account: ...

    async def change_password(
        self, *, current_password: str, new_password: str, client_address: str
    ) -> None: ...


class Sessions(Protocol):
    """As Accounts."""

    async def sign_in(self, *, email: str, password: str, device: str, client_address: str) -> SignedIn: ...

    async def refresh(self, refresh_token: str) -> Tokens: ...

    async def check(self) -> None:
        """Raises RemoteError UNAUTHENTICATED if the caller's session is over."""
        ...

    async def list(self) -> tuple[Session, ...]: ...

    async def end(self, session_id: str) -> None:
        """Ends one of the caller's sessions; "" is the one that asks."""
        ...
