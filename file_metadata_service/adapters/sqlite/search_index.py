"""The search index on SQLite: a file for each drive in one folder, which holds no more than it may.

Nothing blocks the loop: every call runs in a thread of its own pool. One drive's calls take turns before they get a
thread, so that whoever asks much holds one of them, not all.
"""

import asyncio
import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TypeVar
from weakref import WeakValueDictionary

from chassis.errors import Unavailable
from file_metadata_service.adapters.sqlite.drive_index import DriveIndex
from file_metadata_service.adapters.sqlite.finding import Finding
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.search import Hit, Question
from file_metadata_service.ports.listings import Page
from file_metadata_service.ports.search_index import Mark

T = TypeVar("T")
THREADS = 4
SUFFIXES = ("", "-wal", "-shm")


@dataclass(slots=True)
class _Shelf:
    """A drive's file, opened when it is needed."""

    path: Path
    size_bytes: int
    lock: Lock = field(default_factory=Lock)
    index: DriveIndex | None = None


class SqliteSearchIndex:
    """`folder` belongs to this process alone. Of the drives that were asked longest ago, the files are closed
    when more than `most_open` are open, and deleted when all together have more than `most_bytes`.
    """

    def __init__(self, folder: Path, *, most_bytes: int, most_open: int = 64) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_open = most_open
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="search")
        self._lock = Lock()
        # While anybody holds or waits for one.
        self._turns = WeakValueDictionary[DriveId, asyncio.Lock]()
        # In the order of use, the latest last. What an earlier process left is older than all of that.
        left = sorted(folder.glob("*.search"), key=lambda path: path.stat().st_mtime)
        self._shelves = OrderedDict((path.stem, _Shelf(path, _size(path))) for path in left)

    async def mark(self, drive_id: DriveId) -> Mark | None:
        return await self._run(drive_id, DriveIndex.mark, lost=None)

    async def begin(self, drive_id: DriveId, mark: Mark) -> None:
        await self._run(drive_id, lambda index: index.begin(mark), lost=None)

    async def put(self, drive_id: DriveId, nodes: Sequence[Node], mark: Mark) -> None:
        await self._run(drive_id, lambda index: index.put(nodes, mark), lost=None)
        await asyncio.get_running_loop().run_in_executor(self._threads, self._make_room, _stem(drive_id))

    async def page(
        self, drive_id: DriveId, question: Question, *, limit: int, start: str | None
    ) -> Page[Hit]:
        nothing: Page[Hit] = Page((), None)

        def find(index: DriveIndex) -> Page[Hit]:
            with index.transaction():
                if index.mark() is None:
                    return nothing
                return Finding(index.db, drive_id, question).page(limit, start)

        return await self._run(drive_id, find, lost=nothing)

    async def close(self) -> None:
        """Waits for what is under way."""
        await asyncio.to_thread(self._threads.shutdown)
        for shelf in self._shelves.values():
            _close(shelf)

    def size_bytes(self) -> int:
        """Of all files together."""
        with self._lock:
            return sum(shelf.size_bytes for shelf in self._shelves.values())

    async def _run(self, drive_id: DriveId, work: Callable[[DriveIndex], T], *, lost: T) -> T:
        loop = asyncio.get_running_loop()
        turn = self._turns.setdefault(drive_id, asyncio.Lock())
        async with turn:
            return await loop.run_in_executor(self._threads, self._work, drive_id, work, lost)

    def _work(self, drive_id: DriveId, work: Callable[[DriveIndex], T], lost: T) -> T:
        """A file that turns out damaged is thrown away, and with it what was to be done: the drive has none."""
        with self._open(drive_id) as (shelf, index):
            try:
                return work(index)
            except sqlite3.OperationalError as error:
                raise Unavailable("The search index cannot work now.", retry_after_seconds=1) from error
            except sqlite3.DatabaseError:
                _delete(shelf)
                return lost

    @contextmanager
    def _open(self, drive_id: DriveId) -> Iterator[tuple[_Shelf, DriveIndex]]:
        shelf = self._shelf(drive_id)
        with shelf.lock:
            try:
                shelf.index = shelf.index or DriveIndex(shelf.path, drive_id)
            except sqlite3.OperationalError as error:
                raise Unavailable("The search index cannot be opened.", retry_after_seconds=1) from error
            except sqlite3.DatabaseError:
                _delete(shelf)
                shelf.index = DriveIndex(shelf.path, drive_id)
            yield shelf, shelf.index
        self._close_old()

    def _shelf(self, drive_id: DriveId) -> _Shelf:
        stem = _stem(drive_id)
        with self._lock:
            shelf = self._shelves.setdefault(stem, _Shelf(self._folder / f"{stem}.search", 0))
            self._shelves.move_to_end(stem)
            return shelf

    def _close_old(self) -> None:
        with self._lock:
            shelves = list(self._shelves.values())
        openly = [shelf for shelf in shelves if shelf.index is not None]
        for shelf in openly[: max(0, len(openly) - self._most_open)]:
            if shelf.lock.acquire(blocking=False):
                _close(shelf)
                shelf.lock.release()

    def _make_room(self, latest: str) -> None:
        """The one that was just written stays, however large it is."""
        with self._lock:
            written = self._shelves[latest]
            others = [shelf for shelf in self._shelves.values() if shelf is not written]
        written.size_bytes = _size(written.path)
        excess = written.size_bytes + sum(shelf.size_bytes for shelf in others) - self._most_bytes
        for shelf in others:
            if excess <= 0:
                return
            if shelf.lock.acquire(blocking=False):
                excess -= shelf.size_bytes
                _delete(shelf)
                shelf.lock.release()


def _stem(drive_id: DriveId) -> str:
    """A name that any file system takes, whatever an id is."""
    return hashlib.sha256(drive_id.encode()).hexdigest()[:32]


def _size(path: Path) -> int:
    size_bytes = 0
    for suffix in SUFFIXES:
        with suppress(FileNotFoundError):
            size_bytes += Path(f"{path}{suffix}").stat().st_size
    return size_bytes


def _close(shelf: _Shelf) -> None:
    if shelf.index is not None:
        with suppress(sqlite3.Error):
            shelf.index.close()
        shelf.index = None


def _delete(shelf: _Shelf) -> None:
    _close(shelf)
    shelf.size_bytes = 0
    for suffix in SUFFIXES:
        Path(f"{shelf.path}{suffix}").unlink(missing_ok=True)
