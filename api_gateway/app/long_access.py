"""Speaking for somebody for longer than an access token lives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api_gateway.ports.sessions import Sessions
from api_gateway.ports.tokens import Tokens
from chassis.errors import Unavailable

# Half of a token's life: whoever takes a minute for a chunk, and a user service that is restarted, still fit in.
_AHEAD = timedelta(minutes=5)
_PAUSE = timedelta(seconds=5)


@dataclass(slots=True)
class LongAccess:
    """Asked again and again while the work goes on, in the task that does it: from there on calls carry the new token.

    `until`: when the present token ends, None if nobody knows. A session that was ended ends the work within minutes.
    """

    sessions: Sessions
    tokens: Tokens
    now: Callable[[], datetime]
    until: datetime | None
    _not_before: datetime | None = None

    async def keep(self) -> None:
        """Raises RemoteError if the session is over. What nobody answers is asked again later."""
        now = self.now()
        if self.until is not None and now < self.until - _AHEAD:
            return
        if self._not_before is not None and now < self._not_before:
            return
        try:
            access = await self.sessions.prolong_access()
            await self.tokens.prove(access.token)
        except Unavailable:
            self._not_before = now + _PAUSE
        else:
            self.until = access.expires_at
