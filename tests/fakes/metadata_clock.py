"""Time, chance and names that tests own."""

import asyncio
from dataclasses import dataclass
from itertools import count


@dataclass(slots=True)
class ManualClock:
    """Stands still until told. Every pause moves it on."""

    ms: int = 1_750_000_000_000

    def now_ms(self) -> int:
        return self.ms

    def monotonic_seconds(self) -> float:
        return self.ms / 1000

    def pass_ms(self, span_ms: int) -> None:
        self.ms += span_ms


@dataclass(slots=True)
class InstantPause:
    """Waits by the clock's hand instead of in real time, and remembers how often."""

    clock: ManualClock
    attempts: int = 0

    async def __call__(self, attempt: int) -> None:
        await asyncio.sleep(0)  # lets the others run
        self.attempts += 1
        self.clock.pass_ms(100 * 2 ** min(attempt, 4))


class CountingTokens:
    """00…01, 00…02, …"""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"{next(self._numbers):032x}"
