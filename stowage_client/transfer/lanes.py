"""Many files at once, small and big ones apart, taken in as they are found."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from stowage_client.layout import SMALLEST_PART_BYTES
from stowage_client.transfer.tasks import together

T = TypeVar("T")
Take = Callable[[T, int], Awaitable[None]]

# Small files wait for the server more than for the network; a big one fills the network by itself, and the second
# moves while the first is put together.
_SMALL_AT_ONCE = 16
_BIG_AT_ONCE = 2


@asynccontextmanager
async def lanes(
    work: Callable[[T], Awaitable[None]], *, ahead: int, small_at_once: int = _SMALL_AT_ONCE
) -> AsyncIterator[Take[T]]:
    """Works on what is taken in, by its size in bytes; ends when all is done, or at the first error, which it raises.

    Up to `ahead` of each sort wait; who brings more waits too.
    """
    small: asyncio.Queue[T | None] = asyncio.Queue(ahead)
    big: asyncio.Queue[T | None] = asyncio.Queue(ahead)

    async def lane(waiting: asyncio.Queue[T | None]) -> None:
        while (item := await waiting.get()) is not None:
            await work(item)

    async def take(item: T, size_bytes: int) -> None:
        await (small if size_bytes <= SMALLEST_PART_BYTES else big).put(item)

    async with together() as group:
        for waiting, at_once in ((small, small_at_once), (big, _BIG_AT_ONCE)):
            for _ in range(at_once):
                group.create_task(lane(waiting))
        yield take
        for waiting, at_once in ((small, small_at_once), (big, _BIG_AT_ONCE)):
            for _ in range(at_once):
                await waiting.put(None)
