"""Go on speaking for somebody whose access token is about to end."""

from dataclasses import dataclass

from user_service.app.token_issuer import TokenIssuer
from user_service.domain.errors import SessionEnded
from user_service.domain.tokens import AccessToken, Caller
from user_service.ports.account_repository import AccountRepository
from user_service.ports.clock import Clock
from user_service.ports.session_repository import SessionRepository


@dataclass(frozen=True, slots=True)
class ProlongAccess:
    """Asked by the gateway for what takes longer than a token lives; the session is read as it is now."""

    accounts: AccountRepository
    sessions: SessionRepository
    issuer: TokenIssuer
    clock: Clock

    async def __call__(self, caller: Caller) -> AccessToken:
        """Raises SessionEnded, Unavailable."""
        session = await self.sessions.get(caller.account_id, caller.session_id)
        now = self.clock.now()
        if session is None or not session.is_live(now):
            raise SessionEnded
        account = await self.accounts.get(caller.account_id)
        if account is None or not account.is_active:
            raise SessionEnded
        return self.issuer.access(session, now)
