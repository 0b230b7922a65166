"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, UTC, in whole milliseconds."""

    async def sleep(self, seconds: float) -> None:
        """Returns after that many seconds."""
