"""Sessions: signed-in devices."""

from stowage_client.api.answers import reading
from stowage_client.api.models import Account, Tokens
from stowage_client.api.transport import ApiTransport


class SessionsApi:
    """Signing in, staying so, signing out."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def sign_in(self, email: str, password: str, device: str) -> tuple[Account, Tokens]:
        """Repeating it may open a second session, which is harmless. Raises ApiError 401."""
        body = {"email": email, "password": password, "device": device}
        answer = await self._transport.request("POST", "/sessions", body=body)
        with reading():
            account = Account.parse(answer.data["account"])
            return account, Tokens.parse(answer.data, answered_at=answer.answered_at)

    async def refresh(self, refresh_token: str) -> Tokens:
        """The successors. Safe to repeat within 60 s. Raises ApiError 401 if the session has ended."""
        body = {"refresh_token": refresh_token}
        answer = await self._transport.request("POST", "/sessions/refresh", body=body)
        with reading():
            return Tokens.parse(answer.data, answered_at=answer.answered_at)

    async def end_current(self) -> None:
        await self._transport.request("DELETE", "/sessions/current")
