"""Accounts: people who can sign in."""

from stowage_client.api.answers import reading
from stowage_client.api.models import Account, Drive
from stowage_client.api.transport import ApiTransport


class AccountsApi:
    """The signed-in person, and becoming one."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def register(self, email: str, password: str, display_name: str | None) -> Account:
        """Repeating it with the same password is harmless. Raises ApiError, such as 409 `email_taken`."""
        body = {"email": email, "password": password}
        if display_name:
            body["display_name"] = display_name
        answer = await self._transport.request("POST", "/accounts", body=body)
        with reading():
            return Account.parse(answer.data)

    async def me(self) -> Account:
        answer = await self._transport.request("GET", "/account")
        with reading():
            return Account.parse(answer.data)

    async def drive(self) -> Drive:
        answer = await self._transport.request("GET", "/drive")
        with reading():
            return Drive.parse(answer.data)
