"""How much each item in the trash is: a folder is counted after its deletion, which did not look below it."""

import asyncio
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
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.jobs import JobKind, JobState
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import trash_key
from file_metadata_service.ports.listings import FolderListing, Order


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
class CountItem:
    """The work of JobKind.COUNT; `spec`: node_id, trashed_at. What is in the trash does not change any more."""

    listing: FolderListing
    committers: Committers

    async def __call__(self, run: JobRun) -> None:
        job = run.job
        if run.must_stop:
            await run.stop()
            return
        node_id = NodeId(job.spec["node_id"])
        tally = Tally.load(job.memo)[1] if job.memo else Tally([(node_id, None)])

        async def note(tally: Tally) -> None:
            await run.note(memo=tally.dump("count"), done=tally.nodes)

        counted = await CountTree(self.listing)(tally, note)
        size = NoteSize(node_id, int(job.spec["trashed_at"]), counted.size_bytes, counted.nodes + 1)
        await self.committers.of(job.drive_id).submit(size, sender=job.id, lane=Lane.BACKGROUND)
        await run.end(JobState.DONE)


@dataclass(slots=True)
class CountTrash:
    """Counts what was just deleted, without anybody waiting for it. What it misses, the sweeper finds."""

    listing: FolderListing
    committers: Committers
    start: StartJob
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, item: TrashItem) -> None:
        if item.size_bytes is None:
            # A context of its own: the work belongs to no single request.
            task = asyncio.get_running_loop().create_task(self._quietly(item), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Waits until nothing is being begun."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def __call__(self, item: TrashItem) -> None:
        """One page is counted at once; what has more, or folders in it, becomes a job.

        Raises Unavailable, DriveBusy.
        """
        node = item.node
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
