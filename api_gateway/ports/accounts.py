"""Accounts, as the user service keeps them."""

from typing import Protocol

from api_gateway.domain.identity import Account


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
