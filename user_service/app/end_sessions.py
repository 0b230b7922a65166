"""End sessions: in the table first, then in the copies."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from chassis.errors import Unavailable
from user_service.domain.errors import SessionNotFound
from user_service.domain.ids import AccountId, SessionId, is_id
from user_service.domain.session import Session
from user_service.domain.tokens import Caller
from user_service.ports.clock import Clock
from user_service.ports.session_cache import SessionCache
from user_service.ports.session_repository import SessionRepository

# More devices than anybody has. Keeps listing and ending all of them small, whatever a script does.
MAX_LIVE_SESSIONS = 100
_PARALLEL_ENDS = 8
# More than a sign-in adds, so that they grow fewer.
_FORGOTTEN_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class SessionEnder:
    """The one way in which sessions end."""

    sessions: SessionRepository
    cache: SessionCache
    clock: Clock

    async def end(self, sessions: Iterable[Session]) -> None:
        """Ends what is not over yet, and buries all: a tombstone may have been lost the first time.

        Repeating it is harmless. Raises Unavailable; some may have ended then.
        """
        now = self.clock.now()
        slots = asyncio.Semaphore(_PARALLEL_ENDS)

        async def end_one(session: Session) -> None:
            async with slots:
                if session.is_live(now):
                    await self.sessions.end(session.ended(now))
                await self.cache.bury(session.id)

        try:
            async with asyncio.TaskGroup() as group:
                for session in sessions:
                    group.create_task(end_one(session))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def end_others(self, account_id: AccountId, kept: SessionId) -> None:
        await self.end(session for session in await self.sessions.list(account_id) if session.id != kept)

    async def end_surplus(self, account_id: AccountId) -> None:
        """Ends those longest unseen beyond what an account may have. Never raises Unavailable.

        Forgets some that expired, too: a table's TTL takes days, and each sign-in would read them again.
        """
        with suppress(Unavailable):
            now = self.clock.now()
            listed = await self.sessions.list(account_id)
            live = [session for session in listed if session.is_live(now)]
            live.sort(key=lambda session: session.last_seen_at, reverse=True)
            await self.end(live[MAX_LIVE_SESSIONS:])
            for session in [session for session in listed if session.expires_at <= now][:_FORGOTTEN_AT_ONCE]:
                await self.sessions.forget(session)


@dataclass(frozen=True, slots=True)
class EndSession:
    """Signs out the caller, or another device of the same account."""

    sessions: SessionRepository
    ender: SessionEnder

    async def __call__(self, caller: Caller, session_id: SessionId | None) -> None:
        """None is the caller's own. Repeating it is harmless. Raises SessionNotFound, Unavailable."""
        if session_id is not None and not is_id(session_id):
            raise SessionNotFound
        session = await self.sessions.get(caller.account_id, session_id or caller.session_id)
        if session is not None:
            await self.ender.end([session])
        elif session_id not in (None, caller.session_id):  # one's own that is gone has ended all right
            raise SessionNotFound
