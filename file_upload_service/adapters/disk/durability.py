"""Syncing what an S3 server on this machine has written.

versitygw acknowledges objects that are still in the kernel's memory: a power cut loses them (measured: all of 201).
One syncfs(2) on its file system, before metadata hears of the objects, keeps every one.
"""

import asyncio
import ctypes
import os
from collections.abc import Callable
from pathlib import Path

from chassis.errors import Unavailable


class NoDurability:
    """For stores that sync before they acknowledge, as AWS does."""

    async def flush(self) -> None:
        return


class SyncfsDurability:
    """`directory` is anywhere on the file system that the S3 server writes to.

    Callers that come while a sync runs share the one that begins after it: theirs may be too early for their bytes.
    """

    def __init__(self, directory: Path, *, sync: Callable[[Path], None] | None = None) -> None:
        self._directory = directory
        self._sync = sync or sync_file_system
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()

    async def flush(self) -> None:
        """Raises Unavailable if the directory cannot be opened or the disk reports an error."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
            self._background.add(self._next)
            self._next.add_done_callback(self._settle)
        # A caller that gives up must not take the sync from those who wait with it.
        await asyncio.shield(self._next)

    async def check(self) -> None:
        """Raises Unavailable, in words, unless there is such a directory."""
        if not await asyncio.to_thread(self._directory.is_dir):
            raise Unavailable("S3_FLUSH_DIRECTORY is not a directory.")

    async def _after(self, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.wait({earlier})
        self._running, self._next = self._next, None
        await asyncio.to_thread(self._sync, self._directory)

    def _settle(self, done: asyncio.Task[None]) -> None:
        self._background.discard(done)
        if not done.cancelled():
            done.exception()  # whoever waited has it; if nobody did, nobody needs it


def sync_file_system(directory: Path) -> None:
    """Blocks until everything on the directory's file system is on the disk. Raises Unavailable."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise Unavailable("The storage's data directory cannot be opened.") from error
    try:
        if libc.syncfs(descriptor) != 0:
            raise Unavailable("The storage's disk reports an error.") from OSError(
                ctypes.get_errno(), os.strerror(ctypes.get_errno())
            )
    finally:
        os.close(descriptor)
