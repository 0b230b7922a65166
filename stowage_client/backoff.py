"""How long to wait before trying again: longer each time, and not all at the same moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import SystemRandom

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential with jitter, in seconds."""

    first_seconds: float = 0.2
    longest_seconds: float = 8.0
    jitter: Callable[[], float] = SystemRandom().random

    def delay(self, attempt: int) -> float:
        """Before attempt `attempt` + 1, counting from 0: between half and all of first · 2^attempt."""
        full = min(self.longest_seconds, self.first_seconds * 2.0 ** min(attempt, 20))
        return full * (0.5 + self.jitter() / 2)
