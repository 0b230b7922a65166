"""Sending a long row of changes to one drive: while one is written, the next is prepared."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from file_metadata_service.app.commands import Change, Landed
from file_metadata_service.app.committer import Committer
from file_metadata_service.app.queues import Lane

N = TypeVar("N")
AT_ONCE = 3


@dataclass(slots=True)
class Convoy(Generic[N]):
    """Behind people's changes. Each change comes with a note, handed to `landed` with its answer, in order.

    Once one has failed, those behind it may have landed or not: whoever starts again starts behind the last one
    that was told of.
    """

    committer: Committer
    sender: str
    landed: Callable[[N, int], Awaitable[None]]
    _under_way: deque[tuple[asyncio.Task[Landed[int]], N]] = field(default_factory=deque)

    async def send(self, change: Change[int], note: N) -> None:
        """Waits while too many are under way. Raises what one of those before it raised."""
        while len(self._under_way) >= AT_ONCE:
            await self._arrive()
        work = self.committer.submit(change, sender=self.sender, lane=Lane.BACKGROUND)
        self._under_way.append((asyncio.get_running_loop().create_task(work), note))

    async def finish(self) -> None:
        """Waits until all have landed. Raises what one of them raised."""
        while self._under_way:
            await self._arrive()

    async def give_up(self) -> None:
        """Waits for nothing more; what was not taken yet is not written."""
        tasks = [task for task, _ in self._under_way]
        self._under_way.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _arrive(self) -> None:
        task, note = self._under_way[0]
        answer = await task
        self._under_way.popleft()
        await self.landed(note, answer.result)
