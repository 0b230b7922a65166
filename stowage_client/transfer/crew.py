"""The threads that do what blocks: reading and hashing, sending and receiving. Both let go of the GIL."""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Crew:
    """`movers` threads for bytes over the network, and as many hashers as there are processors, up to 4."""

    def __init__(self, *, movers: int) -> None:
        self.mover_count = movers
        # Tasks that keep the movers busy: a few wait their turn, so that no thread waits for the event loop.
        self.feeder_count = movers + max(2, movers // 2)
        self.hasher_count = min(4, os.cpu_count() or 2)
        self._movers = ThreadPoolExecutor(movers, thread_name_prefix="stowage-move")
        self._hashers = ThreadPoolExecutor(self.hasher_count, thread_name_prefix="stowage-hash")

    async def move(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._movers.submit(work, *args, **kwargs))

    async def hash(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._hashers.submit(work, *args, **kwargs))

    async def move_all(self, items: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """What `work` gives for each, in order. A mover takes one after the other: of many small things the event loop
        hears once, not thousands of times."""
        return await _shared_out(self._movers, self.mover_count, items, work)

    async def hash_all(self, items: Sequence[T], work: Callable[[T], R]) -> list[R]:
        return await _shared_out(self._hashers, self.hasher_count, items, work)

    def dismiss(self) -> None:
        """Lets go at once: what still runs works on a file that is closed, and ends at its next step."""
        for pool in (self._movers, self._hashers):
            pool.shutdown(wait=False, cancel_futures=True)


async def _shared_out(
    pool: ThreadPoolExecutor, threads: int, items: Sequence[T], work: Callable[[T], R]
) -> list[R]:
    """Raises what `work` raises; whoever waits no longer ends it at the next item."""
    waiting, results = deque(enumerate(items)), dict[int, R]()

    def take_on() -> None:
        while True:
            try:
                at, item = waiting.popleft()
            except IndexError:
                return
            results[at] = work(item)

    futures = [pool.submit(take_on) for _ in range(min(threads, len(items)))]
    try:
        await asyncio.gather(*map(asyncio.wrap_future, futures))
    finally:
        waiting.clear()
    return [results[at] for at in range(len(items))]
