"""What is done from time to time, whoever asks for nothing."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from chassis.errors import Unavailable
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.leadership import Leadership

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0

# Bounded, and harmless to repeat. True if more is waiting already. May raise Unavailable.
Pass: TypeAlias = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Passes without end, in one instance at a time if it can be arranged."""

    one_pass: Pass
    leadership: Leadership
    clock: Clock
    pause_seconds: float = PAUSE_SECONDS

    async def run(self) -> None:
        while True:
            seconds = await self._round()
            if seconds:
                await self.clock.sleep(seconds)

    async def _round(self) -> float:
        """How long to wait before the next. A failed pass is tried again soon, however long the usual pause."""
        try:
            if not await self.leadership.holds():
                return min(PAUSE_SECONDS, self.pause_seconds)  # whoever leads may be gone in a moment
            more = await self.one_pass()
        except Unavailable:
            return PAUSE_SECONDS  # the readiness page says what is missing
        except Exception:
            logger.exception("a pass of the sweeper failed")
            return PAUSE_SECONDS
        return 0 if more else self.pause_seconds
