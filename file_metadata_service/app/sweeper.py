"""What is to be done from time to time, whoever asks for nothing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chassis.errors import Unavailable
from file_metadata_service.ports.clock import Clock, Sleep
from file_metadata_service.ports.leadership import Leadership

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0


class Duty(Protocol):
    """Something that is done by one instance at a time if it can be arranged, and harmlessly by two.

    What an index calls due is only looked at: the row decides, and says so again with each write.
    """

    @property
    def name(self) -> str: ...

    @property
    def every_seconds(self) -> float: ...

    async def __call__(self) -> bool:
        """One bounded pass. True if more is waiting already. Raises Unavailable."""
        ...


@dataclass(slots=True, kw_only=True)
class Sweeper:
    """One pass after the other of all duties, in one instance at a time if it can be arranged."""

    duties: Sequence[Duty]
    leadership: Leadership
    clock: Clock
    sleep: Sleep
    _next_at: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Without end."""
        while True:
            if not await self.round():
                await self.sleep(PAUSE_SECONDS)

    async def round(self) -> bool:
        """Every duty whose time has come, once. True if one of them has more to do already."""
        if not await self.leadership.holds():
            return False
        more = False
        for duty in self.duties:
            if self._next_at.get(duty.name, 0.0) <= self.clock.monotonic_seconds():
                more |= await self._pass(duty)
        return more

    async def _pass(self, duty: Duty) -> bool:
        more = False
        try:
            more = await duty()
        except Unavailable:
            pass  # the readiness page says what is missing; the next pass tries again
        except Exception:
            logger.exception("a pass of a duty failed", extra={"duty": duty.name})
        if not more:
            self._next_at[duty.name] = self.clock.monotonic_seconds() + duty.every_seconds
        return more
