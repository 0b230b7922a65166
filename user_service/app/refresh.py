"""Exchange a refresh token for its successor."""

from dataclasses import dataclass

from chassis.errors import Unavailable
from user_service.app.end_sessions import SessionEnder
from user_service.app.token_issuer import TokenIssuer
from user_service.domain.errors import RefreshTokenInvalid
from user_service.domain.refresh_tokens import RefreshToken, RefreshTokenMint
from user_service.domain.session import Session, expiry
from user_service.domain.tokens import Tokens
from user_service.ports.account_repository import AccountRepository
from user_service.ports.clock import Clock
from user_service.ports.session_repository import SessionRepository

# Each lost race means that another exchange of the same session was written; the second reading settles it.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Refresh:
    """Every repeat within the grace gives the same successor; an older token's use ends the session.

    Reuse means that two parties hold the session, and nobody can tell which one is the thief
    (RFC 9700 §4.14.2, refresh token rotation).
    """

    accounts: AccountRepository
    sessions: SessionRepository
    issuer: TokenIssuer
    mint: RefreshTokenMint
    ender: SessionEnder
    clock: Clock

    async def __call__(self, typed_token: str) -> Tokens:
        """Raises RefreshTokenInvalid, Unavailable."""
        presented = self.mint.read(typed_token)
        for _ in range(_ATTEMPTS):
            session = await self._session_of(presented)
            now = self.clock.now()
            successor = self.mint.successor(presented)
            if session.token_hash == presented.hash:
                rotated = session.rotated(
                    successor.hash, now=now, expires_at=expiry(now, self.issuer.session_life)
                )
                tokens = self.issuer.issue(
                    rotated, successor, now
                )  # first, since it may fail for want of a key
                if await self.sessions.rotate(session, rotated):
                    return tokens
            elif session.may_repeat(presented.hash, now):
                return self.issuer.issue(session, successor, now)
            else:
                await self.ender.end([session])
                raise RefreshTokenInvalid("The session was ended, because its refresh token was used twice.")
        raise Unavailable("The session is being refreshed elsewhere; please try again.")

    async def _session_of(self, token: RefreshToken) -> Session:
        session = await self.sessions.get(token.account_id, token.session_id)
        if session is None or not session.is_live(self.clock.now()):
            raise RefreshTokenInvalid
        account = await self.accounts.get(token.account_id)
        if account is None or not account.is_active:
            raise RefreshTokenInvalid
        return session
