"""Runs jobs: those that this instance began, and those that nobody works on any more."""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field

from chassis.errors import DomainError, Kind, Unavailable
from file_metadata_service.app.job_runs import JobRun, Work
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.jobs import BROKEN, Job, JobId, JobKind, JobMoved
from file_metadata_service.ports.clock import Clock, Sleep
from file_metadata_service.ports.job_watch import JobStep, JobWatch
from file_metadata_service.ports.jobs import DueJobs, JobRepository

logger = logging.getLogger(__name__)

# One drive's may stand before all others: more than a few are looked at, at the price of an index's keys.
JOBS_A_LOOK = 400
LOOK_EVERY_SECONDS = 2.0
# They will pass; until then the job waits its turn again.
PASSING = (Kind.UNAVAILABLE, Kind.THROTTLED)


@dataclass(slots=True, kw_only=True)
class JobRunner:
    """Every instance has one; the lease decides who works. `owner` tells them apart, for people.

    At most `at_once` jobs, and `at_once_per_drive` of one drive, so that nobody keeps the others waiting.
    """

    jobs: JobRepository
    due_jobs: DueJobs
    works: Mapping[JobKind, Work]
    clock: Clock
    sleep: Sleep
    watch: JobWatch
    owner: str
    at_once: int = 6
    at_once_per_drive: int = 2
    _tasks: dict[JobId, asyncio.Task[None]] = field(default_factory=dict)
    _drives: Counter[DriveId] = field(default_factory=Counter)
    # Jobs that the last look met, and for which their drives had no room: nobody reads their rows again for that.
    _waiting: dict[JobId, DriveId] = field(default_factory=dict)
    # Of those that had no room at the last look, wherever it was missing.
    _kinds: Mapping[JobId, JobKind] = field(default_factory=dict)

    def wake(self, job_id: JobId) -> None:
        """Somebody has begun this job: it need not be found first. Where there is no room now, it will be."""
        if job_id not in self._tasks and len(self._tasks) < self.at_once:
            self._begin(job_id, self._tend(job_id))

    async def look(self) -> None:
        """Takes up what is due, as far as there is room. Raises Unavailable."""
        due = await self._due()
        await self._take_up(due)
        await self._tell_waiting([job_id for job_id in due if job_id not in self._tasks])

    async def _take_up(self, due: Sequence[JobId]) -> None:
        met = self._waiting
        self._waiting = {}
        for job_id in due:
            if job_id in self._tasks:
                continue
            if len(self._tasks) >= self.at_once:
                return
            drive_id = met.get(job_id)
            if drive_id is not None and self._drives[drive_id] >= self.at_once_per_drive:
                self._waiting[job_id] = drive_id
            elif (job := await self._take(job_id)) is not None:
                self._begin(job_id, self._hold(job))

    async def _due(self) -> list[JobId]:
        now_ms = self.clock.now_ms()
        due = await self.due_jobs.due(now_ms, limit=JOBS_A_LOOK)
        oldest_ms = min((job.due_at_ms for job in due), default=now_ms)
        self.watch.looked(len(due), (now_ms - oldest_ms) / 1000)
        return [job.id for job in due]

    async def _tell_waiting(self, job_ids: Sequence[JobId]) -> None:
        """The index does not say what they are, so each is read for it, once."""
        unknown = [job_id for job_id in job_ids if job_id not in self._kinds]
        found = await self.due_jobs.kinds(unknown) if unknown else {}
        known = {**self._kinds, **found}
        self._kinds = {job_id: known[job_id] for job_id in job_ids if job_id in known}
        self.watch.waiting(Counter(self._kinds.values()))

    async def run(self) -> None:
        """Looks for ever. Whoever stops it leaves its jobs to the others at once."""
        try:
            while True:
                try:
                    await self.look()
                except Unavailable:
                    pass  # the readiness page says what is missing; the next look tries again
                except Exception:
                    logger.exception("looking for jobs failed")
                await self.sleep(LOOK_EVERY_SECONDS)
        finally:
            await self.stop()

    async def settle(self) -> None:
        """Waits until nothing runs here."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def stop(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()
        await self.settle()

    def _begin(self, job_id: JobId, work: Coroutine[None, None, None]) -> None:
        # A context of its own: the work belongs to no single request.
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks[job_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job_id, None))

    async def _tend(self, job_id: JobId) -> None:
        job = await self._take(job_id)
        if job is not None:
            await self._hold(job)

    async def _take(self, job_id: JobId) -> Job | None:
        """The job, ours now; None if it is not to be had. Whoever gets it holds one of its drive's places."""
        with _contained(job_id):
            job = await self.jobs.get(job_id)
            now_ms = self.clock.now_ms()
            if job is None or job.due_at_ms > now_ms:
                return None
            if not job.state.is_end:
                return await self._claim(job, now_ms)
            await self.jobs.drop(job)
        return None

    async def _claim(self, job: Job, now_ms: int) -> Job | None:
        if self._drives[job.drive_id] >= self.at_once_per_drive:
            self._waiting[job.id] = job.drive_id
            return None
        # Before the write: others of the drive are being taken meanwhile.
        self._drives[job.drive_id] += 1
        try:
            taken = await self.jobs.save(job, job.taken(self.owner, now_ms))
        except BaseException:
            self._give_place_back(job.drive_id)
            raise
        self.watch.stepped(job.kind, JobStep.TAKEN)
        return taken

    def _give_place_back(self, drive_id: DriveId) -> None:
        self._drives[drive_id] -= 1
        if not self._drives[drive_id]:
            del self._drives[drive_id]

    async def _hold(self, job: Job) -> None:
        run = JobRun(job=job, jobs=self.jobs, clock=self.clock, sleep=self.sleep, watch=self.watch)
        keeper = asyncio.get_running_loop().create_task(self._keep(run))
        with _contained(job.id), self.watch.working(job.kind):
            try:
                await self._work(run)
            except asyncio.CancelledError:
                with _contained(job.id):
                    await run.release(broken=False)
                raise
            finally:
                keeper.cancel()
                self._give_place_back(job.drive_id)
        self._wake_next(job.drive_id)

    def _wake_next(self, drive_id: DriveId) -> None:
        """Of those that wait for this drive: no need to wait for the next look."""
        job_id = next((job_id for job_id, of in self._waiting.items() if of == drive_id), None)
        if job_id is not None:
            del self._waiting[job_id]
            self.wake(job_id)

    async def _keep(self, run: JobRun) -> None:
        while True:
            try:
                await run.keep()
            except JobMoved:
                return  # the work learns of it with the next that it records
            except Unavailable:
                continue  # the lease may run out meanwhile; then somebody else carries on

    async def _work(self, run: JobRun) -> None:
        try:
            if run.job.is_hopeless and run.job.error is None:
                await run.fail(BROKEN)
            await self.works[run.job.kind](run)
        except JobMoved:
            raise
        except DomainError as error:
            if error.kind not in PASSING:
                logger.exception("a job refused what only its work may refuse", extra={"job": run.job.id})
            await run.release(broken=error.kind not in PASSING)
        except Exception:
            logger.exception("a job broke", extra={"job": run.job.id})
            await run.release(broken=True)


@contextmanager
def _contained(job_id: JobId) -> Iterator[None]:
    try:
        yield
    except (JobMoved, Unavailable):
        return  # somebody else is at it, or it is found again
    except Exception:
        logger.exception("a job could not be taken up", extra={"job": job_id})
