"""The machine's clocks, and waiting by them."""

import asyncio
import random
import time
import uuid
from dataclasses import dataclass


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_seconds(self) -> float:
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class JitteredPause:
    """Anything from nothing to twice as long as before, so that two who collided do not collide again."""

    first_seconds: float = 0.01
    longest_seconds: float = 0.5

    async def __call__(self, attempt: int) -> None:
        most = min(self.longest_seconds, self.first_seconds * 2 ** min(attempt, 16))
        await asyncio.sleep(random.uniform(0, most))  # noqa: S311  # no secret


def fresh_token() -> str:
    return uuid.uuid4().hex
