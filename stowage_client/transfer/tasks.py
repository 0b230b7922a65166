"""Tasks that stand and fall together, with the first error as itself rather than in a group."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Like TaskGroup; when tasks fail, the first failure is raised bare."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise _first(failures) from None


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    failure: BaseException = failures
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


async def each(items: Iterable[T], work: Callable[[T], Awaitable[object]], *, at_once: int) -> None:
    """Works on all items in order, up to `at_once` at a time; stops at the first error and raises it."""
    waiting = iter(items)

    async def lane() -> None:
        for item in waiting:
            await work(item)

    async with together() as group:
        for _ in range(at_once):
            group.create_task(lane())
