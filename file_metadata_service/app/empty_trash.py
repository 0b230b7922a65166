"""Deleting for ever: one item of the trash, or all that lie in it."""

from dataclasses import dataclass

from file_metadata_service.app.committer import Committers
from file_metadata_service.app.job_runs import JobRun
from file_metadata_service.app.queues import Lane
from file_metadata_service.app.removal import RemoveTree
from file_metadata_service.app.take_out import TakeOutTrashed
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.jobs import JobError, JobState
from file_metadata_service.ports.listings import TrashListing

ITEMS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Deletion:
    """Takes an item out of the trash, then removes all below it."""

    committers: Committers
    remove: RemoveTree

    async def __call__(self, run: JobRun, node_id: NodeId, trashed_at_ms: int | None) -> None:
        """Raises NodeNotFound: it is in the trash no more; and what steps of jobs raise."""
        job = run.job
        step = TakeOutTrashed(job_id=job.id, actor=job.actor, node_id=node_id, trashed_at_ms=trashed_at_ms)
        committer = self.committers.of(job.drive_id)
        landed = await committer.submit(step, sender=job.id, lane=Lane.BACKGROUND)

        async def progress(gone: int) -> None:
            await run.advance(gone)

        await self.remove(job.drive_id, job.id, landed.result, progress)


@dataclass(frozen=True, slots=True)
class DeleteItem:
    """The work of JobKind.DELETE; `spec`: node_id, and trashed_at if one deletion is meant.

    It cannot be cancelled once it has begun: what was taken out is gone.
    """

    delete: Deletion

    async def __call__(self, run: JobRun) -> None:
        job = run.job
        if run.must_stop and not job.memo:
            await run.stop()
            return
        node_id = NodeId(job.spec["node_id"])
        await run.record(memo="begun")
        try:
            await self.delete(run, node_id, _time(job.spec.get("trashed_at")))
        except NodeNotFound as error:
            # After a crash it is gone because this very job removed it.
            if job.memo or not job.listed:
                await run.end(JobState.DONE)
                return
            await run.fail(JobError(error.code, error.detail))
            await run.stop()
            return
        await run.end(JobState.DONE)


@dataclass(frozen=True, slots=True)
class EmptyTrash:
    """The work of JobKind.EMPTY_TRASH; `spec`: before, the time up to which what was deleted goes.

    Cancelled, it stops before the next item. `memo`: the item that was begun, which after a crash stands in no list.
    """

    listing: TrashListing
    delete: Deletion

    async def __call__(self, run: JobRun) -> None:
        if run.job.memo:
            trashed_at, _, node_id = run.job.memo.partition(" ")
            await self._item(run, NodeId(node_id), int(trashed_at))
        before_ms = int(run.job.spec["before"])
        start: str | None = None
        while True:
            page = await self.listing.page(run.job.drive_id, limit=ITEMS_A_PAGE, start=start)
            for item in page.items:
                if item.trashed_at_ms > before_ms:
                    continue
                await run.record(memo=f"{item.trashed_at_ms} {item.node.id}")
                if run.must_stop:
                    await run.stop()
                    return
                await self._item(run, item.node.id, item.trashed_at_ms)
            start = page.next_start
            if start is None:
                break
        await run.end(JobState.DONE)

    async def _item(self, run: JobRun, node_id: NodeId, trashed_at_ms: int) -> None:
        try:
            await self.delete(run, node_id, trashed_at_ms)
        except NodeNotFound:
            return  # restored, or deleted by somebody else, in the last moment


def _time(text: str | None) -> int | None:
    return None if text is None else int(text)
