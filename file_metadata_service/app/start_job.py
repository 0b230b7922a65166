"""Begin a job, look at it, cancel it."""

from collections.abc import Mapping
from dataclasses import dataclass

from file_metadata_service.app.change_tree import Caller
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.job_runner import JobRunner
from file_metadata_service.app.list_folder import check_limit
from file_metadata_service.app.walks import ID_MAX_CHARACTERS
from file_metadata_service.domain.errors import CommandIdReused, DriveBusy, JobNotFound
from file_metadata_service.domain.ids import AccountId, Actor, DriveId, NodeIds, own_drive
from file_metadata_service.domain.jobs import Job, JobId, JobKind
from file_metadata_service.domain.rights import Right, may
from file_metadata_service.ports.clock import Clock
from file_metadata_service.ports.job_watch import JobStep, JobWatch
from file_metadata_service.ports.jobs import JobRepository

NO_SUCH_JOB = "There is no such job."
# Of a drive, among its latest: they are done two at a time, and each is a row for days.
MOST_OPEN = 100
LATEST = 200


@dataclass(frozen=True, slots=True)
class JobPage:
    """`next_cursor` is empty at the end."""

    items: tuple[Job, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartJob:
    """The same command begins the same job: its id is made of the command's."""

    jobs: JobRepository
    runner: JobRunner
    node_ids: NodeIds
    clock: Clock
    watch: JobWatch

    def id_of(self, caller: Caller) -> JobId:
        drive_id = own_drive(caller.actor.account_id)
        return JobId(self.node_ids.of("job", drive_id, caller.actor, caller.command_id))

    async def standing(self, caller: Caller) -> Job | None:
        """The job that this command began before. Raises CommandIdReused, Unavailable."""
        job = await self.jobs.get(self.id_of(caller))
        return None if job is None else _same(job, caller)

    async def __call__(
        self, caller: Caller, kind: JobKind, spec: Mapping[str, str], *, total: int | None = None
    ) -> Job:
        """Raises CommandIdReused, DriveBusy, and Unavailable: it may have begun."""
        await self._check_room(own_drive(caller.actor.account_id))
        now_ms = self.clock.now_ms()
        fresh = Job(
            id=self.id_of(caller),
            drive_id=own_drive(caller.actor.account_id),
            actor=caller.actor,
            kind=kind,
            spec=spec,
            request_hash=caller.request_hash,
            created_at_ms=now_ms,
            due_at_ms=now_ms,
            total=total,
        )
        return _same(await self._begin(fresh), caller)

    async def for_service(self, drive_id: DriveId, kind: JobKind, spec: Mapping[str, str]) -> Job:
        """What nobody asked for, and nobody sees; once for each `spec`. Raises Unavailable."""
        owner = Actor(AccountId(drive_id))
        now_ms = self.clock.now_ms()
        command_id = " ".join((kind, *(f"{name}={spec[name]}" for name in sorted(spec))))
        fresh = Job(
            id=JobId(self.node_ids.of("service job", drive_id, owner, command_id)),
            drive_id=drive_id,
            actor=owner,
            kind=kind,
            spec=spec,
            request_hash="",
            created_at_ms=now_ms,
            due_at_ms=now_ms,
            listed=False,
        )
        return await self._begin(fresh)

    async def _check_room(self, drive_id: DriveId) -> None:
        """By an index that may lag: a few more than may be is no harm."""
        latest = await self.jobs.page(drive_id, limit=LATEST, start=None)
        if sum(not job.state.is_end for job in latest.items) >= MOST_OPEN:
            raise DriveBusy("Too many jobs wait for this drive.", retry_after_seconds=10)

    async def _begin(self, fresh: Job) -> Job:
        job = await self.jobs.create(fresh)
        if job == fresh:
            self.watch.stepped(job.kind, JobStep.BEGUN)
        if not job.state.is_end:
            self.runner.wake(job.id)
        return job


@dataclass(frozen=True, slots=True)
class GetJob:
    jobs: JobRepository

    async def __call__(self, actor: Actor, job_id: str) -> Job:
        """Raises JobNotFound, Unavailable."""
        if not 0 < len(job_id) <= ID_MAX_CHARACTERS:
            raise JobNotFound(NO_SUCH_JOB)
        return _seen(await self.jobs.get(JobId(job_id)), actor, Right.READ)


@dataclass(frozen=True, slots=True)
class CancelJob:
    jobs: JobRepository
    get: GetJob

    async def __call__(self, actor: Actor, job_id: str) -> Job:
        """Asks for it: what is running undoes what it did first. Harmless to repeat. Raises JobNotFound."""
        job = await self.get(actor, job_id)
        if job.state.is_end:
            return job
        return _seen(await self.jobs.ask_cancel(job.id), actor, Right.WRITE)


@dataclass(frozen=True, slots=True)
class ListJobs:
    jobs: JobRepository
    cursors: Cursors

    async def __call__(self, actor: Actor, *, limit: int, cursor: str) -> JobPage:
        """Latest first. `limit` 0 means 200. Raises CursorInvalid, InvalidArgument, Unavailable."""
        limit = check_limit(limit)
        drive_id = own_drive(actor.account_id)
        listing = f"{drive_id} jobs"
        start = self.cursors.take(listing, cursor)
        page = await self.jobs.page(drive_id, limit=limit, start=start)
        return JobPage(page.items, self.cursors.give(listing, page.next_start))


def _same(job: Job, caller: Caller) -> Job:
    if job.request_hash != caller.request_hash:
        raise CommandIdReused("This command id came with another request before.")
    return job


def _seen(job: Job | None, actor: Actor, right: Right) -> Job:
    """What is not for the actor to see does not exist. Jobs of the service itself are for nobody."""
    if job is None or not job.listed or not may(actor, job.drive_id, right):
        raise JobNotFound(NO_SUCH_JOB)
    return job
