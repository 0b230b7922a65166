"""Work that goes on when nobody waits for it any more."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextvars import Context

from chassis.errors import DomainError
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.uploads import UploadMoved

logger = logging.getLogger(__name__)


class Background:
    """What is cut off by `close` is carried on by another instance when its lease has run out."""

    def __init__(self, fresh_context: Callable[[], Context] = Context) -> None:
        """`fresh_context` makes the surroundings of a task: the caller's deadline and token must not be in
        it.
        """
        self._fresh_context = fresh_context
        self._tasks: set[asyncio.Task[Upload]] = set()

    def start(self, work: Coroutine[None, None, Upload]) -> asyncio.Task[Upload]:
        task = asyncio.get_running_loop().create_task(work, context=self._fresh_context())
        self._tasks.add(task)
        task.add_done_callback(self._settle)
        return task

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def _settle(self, done: asyncio.Task[Upload]) -> None:
        self._tasks.discard(done)
        error = None if done.cancelled() else done.exception()
        if error is not None and not isinstance(error, DomainError | UploadMoved):
            # Somebody may wait and get it too, but often nobody does.
            logger.error("finishing an upload failed", exc_info=error)
