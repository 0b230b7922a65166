"""The threads that do what blocks: reading and hashing, sending and receiving. Both let go of the GIL."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
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

    def dismiss(self) -> None:
        """Lets go at once: what still runs works on a file that is closed, and ends at its next step."""
        for pool in (self._movers, self._hashers):
            pool.shutdown(wait=False, cancel_futures=True)
