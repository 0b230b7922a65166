"""How much each item in the trash is: a folder is counted after its deletion, which did not look below it."""

import asyncio
from collections import deque
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field

from chassis.errors import DomainError
from file_metadata_service.app.commands import Answer
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.job_runs import JobRun
from file_metadata_service.app.queues import Lane
from file_metadata_service.app.start_job import StartJob
from file_metadata_service.app.tally import CountTree, Tally
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.tree_walk import NODES_A_PAGE
from file_metadata_service.domain.errors import TooDeep
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.jobs import JobKind, JobState
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.clock import Clock, Sleep
from file_metadata_service.ports.ledger import Ledger, trash_key
from file_metadata_service.ports.listings import FolderListing, Order

# Whoever deleted by mistake restores within moments, and what they do next shall not wait for a count.
COUNT_AFTER_SECONDS = 5.0
# Of deletions of one instance; what comes on top is left to the sweeper.
MOST_WAITING = 1_000


class _NotToBeCounted(Exception):
    """It was restored, or is being removed."""


@dataclass(frozen=True, slots=True)
class NoteSize:
    """What was counted below a node that was trashed at that time."""

    node_id: NodeId
    trashed_at_ms: int
    size_bytes: int
    node_count: int

    def __call__(self, tree: Tree) -> Answer[bool]:
        """False if it is counted already, or in the trash no more."""
        key = trash_key(tree.drive.id, self.trashed_at_ms, self.node_id)
        item = tree.row(key, TrashItem)
        if item is None or item.size_bytes is not None:
            return Answer(False, tree.seq)  # noqa: FBT003  # the docstring says what it means
        tree.drive = tree.drive.untrashing(None).trashing(self.size_bytes)
        tree.put(key, item.counted(size_bytes=self.size_bytes, node_count=self.node_count))
        return Answer(True, tree.seq)  # noqa: FBT003


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Which deletions are still to be counted."""

    ledger: Ledger

    async def holds(self, drive_id: DriveId, node_id: NodeId, trashed_at_ms: int) -> bool:
        """Not what was restored, deleted for ever or counted meanwhile. Raises Unavailable."""
        key = trash_key(drive_id, trashed_at_ms, node_id)
        item = (await self.ledger.read(drive_id, [key]))[key]
        return isinstance(item, TrashItem) and item.size_bytes is None


@dataclass(frozen=True, slots=True)
class CountItem:
    """The work of JobKind.COUNT; `spec`: node_id, trashed_at. What is in the trash does not change any more.

    Who restores it ends the count.
    """

    listing: FolderListing
    committers: Committers
    uncounted: Uncounted

    async def __call__(self, run: JobRun) -> None:
        job = run.job
        if run.must_stop:
            await run.stop()
            return
        with suppress(_NotToBeCounted):
            await self._count(run, NodeId(job.spec["node_id"]), int(job.spec["trashed_at"]))
        await run.end(JobState.DONE)

    async def _count(self, run: JobRun, node_id: NodeId, trashed_at_ms: int) -> None:
        job = run.job
        tally = Tally.load(job.memo)[1] if job.memo else Tally([(node_id, None)])

        async def check() -> None:
            if not await self.uncounted.holds(job.drive_id, node_id, trashed_at_ms):
                raise _NotToBeCounted

        async def note(tally: Tally) -> None:
            await check()
            await run.note(memo=_memo(tally), done=tally.nodes)

        await check()
        counted = await CountTree(self.listing)(tally, note)
        size = NoteSize(node_id, trashed_at_ms, counted.size_bytes, counted.nodes + 1)
        await self.committers.of(job.drive_id).submit(size, sender=job.id, lane=Lane.BACKGROUND)


@dataclass(slots=True, kw_only=True)
class CountTrash:
    """Counts what was deleted some seconds ago, one after the other, without anybody waiting for it.

    What it misses, the sweeper finds.
    """

    listing: FolderListing
    committers: Committers
    uncounted: Uncounted
    start: StartJob
    clock: Clock
    sleep: Sleep
    _waiting: deque[tuple[float, TrashItem]] = field(default_factory=deque)
    _task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many deletions are not looked at yet."""
        return len(self._waiting)

    def begin(self, item: TrashItem) -> None:
        if item.size_bytes is not None or len(self._waiting) >= MOST_WAITING:
            return
        self._waiting.append((self.clock.monotonic_seconds() + COUNT_AFTER_SECONDS, item))
        if self._task is None or self._task.done():
            # A context of its own: the work belongs to no single request.
            self._task = asyncio.get_running_loop().create_task(self._work(), context=Context())

    async def settle(self) -> None:
        """Counts at once what waits."""
        while self._waiting:
            await self._quietly(self._waiting.popleft()[1])

    async def _work(self) -> None:
        while self._waiting:
            left = self._waiting[0][0] - self.clock.monotonic_seconds()
            if left > 0:
                await self.sleep(left)
            else:
                await self._quietly(self._waiting.popleft()[1])

    async def __call__(self, item: TrashItem) -> None:
        """One page is counted at once; what has more, or folders in it, becomes a job; what is not in the trash any
        more, nothing.

        Raises Unavailable, DriveBusy.
        """
        node = item.node
        if not await self.uncounted.holds(node.drive_id, node.id, item.trashed_at_ms):
            return
        page = await self.listing.page(node.id, Order(), limit=NODES_A_PAGE, start=None)
        files = [child for child in page.items if isinstance(child, File)]
        if page.next_start is None and len(files) == len(page.items):
            size_bytes = sum(file.current.size_bytes for file in files)
            size = NoteSize(node.id, item.trashed_at_ms, size_bytes, len(files) + 1)
            await self._submit(node.drive_id, size)
            return
        spec = {"node_id": node.id, "trashed_at": str(item.trashed_at_ms)}
        await self.start.for_service(node.drive_id, JobKind.COUNT, spec)

    async def _submit(self, drive_id: DriveId, size: NoteSize) -> None:
        await self.committers.of(drive_id).submit(size, lane=Lane.BACKGROUND)

    async def _quietly(self, item: TrashItem) -> None:
        try:
            await self(item)
        except DomainError:
            return


def _memo(tally: Tally) -> str | None:
    """None where the place is too deep to be noted: after a crash that count starts at an earlier one. It must end
    somehow, because what stays uncounted stands before all others that are due.
    """
    try:
        return tally.dump("count")
    except TooDeep:
        return None
