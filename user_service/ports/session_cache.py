"""The copy of sessions that the gateway looks at first (docs/sessions-in-redis.md)."""

from datetime import timedelta
from typing import Protocol

from user_service.domain.ids import AccountId, SessionId

LIVE_COPY_LIFE = timedelta(seconds=30)


class SessionCache(Protocol):
    """Hints with an end. No method raises because the cache is away: it spares work, and decides nothing."""

    async def fill(self, session_id: SessionId, account_id: AccountId, life: timedelta) -> None:
        """Says that the session is live, for `life`. MUST NOT replace anything that is there."""
        ...

    async def bury(self, session_id: SessionId) -> None:
        """Says that the session has ended, over anything that is there, while its access tokens live.

        Called after the session's row was written. If the cache is away it MUST be tried again for as long
        as a
        live copy could last."""
        ...
