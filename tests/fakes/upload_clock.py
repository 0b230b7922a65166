"""Time that passes when a test says so."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock:
    def __init__(self, start: datetime = START) -> None:
        self._now = start.replace(microsecond=0)
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + timedelta(seconds=seconds), waiting))
        await waiting

    async def advance_seconds(self, seconds: float) -> None:
        await self.advance(timedelta(seconds=seconds))

    async def advance(self, by: timedelta) -> None:
        """Moves on, and lets those run who have slept long enough."""
        self._now += by
        due = [sleeper for until, sleeper in self._sleepers if until <= self._now]
        self._sleepers = [(until, sleeper) for until, sleeper in self._sleepers if until > self._now]
        for sleeper in due:
            if not sleeper.done():
                sleeper.set_result(None)
        for _ in range(20):
            await asyncio.sleep(0)
