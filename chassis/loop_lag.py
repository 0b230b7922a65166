"""How late the event loop is: whatever blocks it delays everybody, and shows in no other measure."""

import asyncio
from functools import cache

from prometheus_client import Histogram

_EVERY_SECONDS = 1.0


@cache
def _histogram() -> Histogram:
    return Histogram(
        "stowage_loop_lag_seconds",
        "How late the event loop came back to what was due, looked at every second",
        buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
    )


async def watch_loop_lag(every_seconds: float = _EVERY_SECONDS) -> None:
    """For ever."""
    loop, lag = asyncio.get_running_loop(), _histogram()
    while True:
        due = loop.time() + every_seconds
        await asyncio.sleep(every_seconds)
        lag.observe(max(0.0, loop.time() - due))
