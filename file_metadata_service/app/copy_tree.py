"""Copy a folder with all that is in it: count, make the copy out of sight, put it in its place; or undo."""

from dataclasses import dataclass, replace
from typing import TypeVar

from chassis.errors import DomainError
from file_metadata_service.app.commands import Change, Landed
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.convoys import Convoy
from file_metadata_service.app.copy_plan import CopyClosed, CopyPlan, PlaceCopy, StageCopies, StageTop
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.job_runner import PASSING
from file_metadata_service.app.job_runs import JobRun
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.queues import Lane
from file_metadata_service.app.removal import RemoveTree
from file_metadata_service.app.take_out import TakeOutStaged
from file_metadata_service.app.tally import CountTree, Tally
from file_metadata_service.app.tree_walk import TreeWalk, Visit
from file_metadata_service.domain.ids import NodeId, NodeIds
from file_metadata_service.domain.jobs import Job, JobError, JobMoved, JobState
from file_metadata_service.domain.nodes import File
from file_metadata_service.ports.listings import FolderListing

R = TypeVar("R")
# A file is three items (its row, its name, the blob), a folder two; 98 fit.
ITEMS_AT_ONCE = 96


class _Cancelled(Exception):
    """Somebody asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTree:
    """The work of JobKind.COPY; `spec`: node_id, parent_id, name, conflict."""

    heads: Heads
    listing: FolderListing
    committers: Committers
    remove: RemoveTree
    node_ids: NodeIds

    async def __call__(self, run: JobRun) -> None:
        plan = self._plan(run.job)
        if not run.must_stop:
            try:
                await self._copy(run, plan)
            except _Cancelled:
                pass
            except JobMoved:
                raise
            except DomainError as error:
                if error.kind in PASSING:
                    raise
                await run.fail(JobError(error.code, error.detail))
            else:
                return
        await self._undo(run, plan)

    async def _copy(self, run: JobRun, plan: CopyPlan) -> None:
        step, tally = Tally.load(run.job.memo) if run.job.memo else ("count", Tally([(plan.source_id, None)]))
        if step == "count":
            tally = await self._count(run, tally)
            await run.record(total=tally.nodes + 1)
        try:
            if step == "count":
                await self._submit(plan, StageTop(plan))
                tally = Tally([(plan.source_id, None)])
                await run.record(memo=tally.dump("stage"))
            await self._stage(run, plan, tally)
        except CopyClosed:
            pass  # placed before whoever did it could say so
        spec = run.job.spec
        place = PlaceCopy(
            plan=plan, parent_id=spec["parent_id"], name=spec["name"], rule=ConflictRule(spec["conflict"])
        )
        try:
            landed = await self._submit(plan, place)
        except CopyClosed:
            raise JobMoved from None
        await run.record(done=run.job.total)
        await run.end(JobState.DONE, result_id=landed.result.id)

    async def _count(self, run: JobRun, tally: Tally) -> Tally:
        """Raises QuotaExceeded before anything is written."""

        async def note(tally: Tally) -> None:
            await run.note(memo=tally.dump("count"))
            _check(run)

        counted = await CountTree(self.listing)(tally, note)
        head = await self.heads.read(run.job.drive_id)
        head.check_room(counted.size_bytes)
        return counted

    async def _stage(self, run: JobRun, plan: CopyPlan, tally: Tally) -> None:
        async def landed(note: Tally, _: int) -> None:
            await run.note(memo=note.dump("stage"), done=note.nodes)
            _check(run)

        walk = TreeWalk(self.listing, tally.place)
        convoy = Convoy[Tally](self.committers.of(plan.drive_id), sender=run.job.id, landed=landed)
        try:
            batch, items = list[Visit](), 0
            while (visit := await walk.next()) is not None:
                if visit.leaving:
                    continue
                batch.append(visit)
                items += 3 if isinstance(visit.node, File) else 2
                if items > ITEMS_AT_ONCE - 3:
                    tally = replace(tally, place=walk.place, nodes=tally.nodes + len(batch))
                    await convoy.send(StageCopies(plan, batch), tally)
                    batch, items = [], 0
            if batch:
                tally = replace(tally, place=[], nodes=tally.nodes + len(batch))
                await convoy.send(StageCopies(plan, batch), tally)
            await convoy.finish()
        finally:
            await convoy.give_up()

    async def _undo(self, run: JobRun, plan: CopyPlan) -> None:
        """Unless it was placed in the last moment: then it is done."""
        landed = await self._submit(plan, TakeOutStaged(plan))
        top, placed = landed.result
        if placed and top is not None:
            await run.end(JobState.DONE, result_id=top.id)
            return
        if top is not None:

            async def progress(_: int) -> None:
                await run.note()

            await self.remove(plan.drive_id, plan.job_id, top, progress)
        await run.stop()

    async def _submit(self, plan: CopyPlan, change: Change[R]) -> Landed[R]:
        """Behind people's changes, in the job's own turns."""
        committer = self.committers.of(plan.drive_id)
        return await committer.submit(change, sender=plan.job_id, lane=Lane.BACKGROUND)

    def _plan(self, job: Job) -> CopyPlan:
        return CopyPlan(
            job_id=job.id,
            drive_id=job.drive_id,
            actor=job.actor,
            source_id=NodeId(job.spec["node_id"]),
            node_ids=self.node_ids,
        )


def _check(run: JobRun) -> None:
    if run.must_stop:
        raise _Cancelled
