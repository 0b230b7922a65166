"""Look at sessions."""

from dataclasses import dataclass
from operator import attrgetter

from user_service.domain.errors import SessionEnded
from user_service.domain.session import Session
from user_service.domain.tokens import Caller
from user_service.ports.clock import Clock
from user_service.ports.session_cache import LIVE_COPY_LIFE, SessionCache
from user_service.ports.session_repository import SessionRepository


@dataclass(frozen=True, slots=True)
class CheckSession:
    """Asked by the gateway when the cache does not know; tells the cache."""

    sessions: SessionRepository
    cache: SessionCache
    clock: Clock

    async def __call__(self, caller: Caller) -> Session:
        """Raises SessionEnded, Unavailable."""
        session = await self.sessions.get(caller.account_id, caller.session_id)
        now = self.clock.now()
        if session is None:
            # Forgotten, or another account's: that one's copy is not this caller's to bury.
            raise SessionEnded
        if not session.is_live(now):
            await self.cache.bury(session.id)
            raise SessionEnded
        await self.cache.fill(session.id, session.account_id, min(LIVE_COPY_LIFE, session.expires_at - now))
        return session


@dataclass(frozen=True, slots=True)
class ListSessions:
    """The live sessions of the caller's account, newest first."""

    sessions: SessionRepository
    clock: Clock

    async def __call__(self, caller: Caller) -> list[Session]:
        """Raises Unavailable."""
        now = self.clock.now()
        live = [session for session in await self.sessions.list(caller.account_id) if session.is_live(now)]
        return sorted(live, key=attrgetter("created_at"), reverse=True)
