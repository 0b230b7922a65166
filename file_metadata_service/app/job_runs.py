"""A job in somebody's hands: what its work may ask and tell."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Protocol

from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.jobs import LEASE_MS, Job, JobError, JobState
from file_metadata_service.ports.clock import Clock, Sleep
from file_metadata_service.ports.job_watch import JobStep, JobWatch
from file_metadata_service.ports.jobs import JobRepository

# How often progress is written down at most. Whatever is done twice after a crash is harmless.
NOTE_EVERY_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class JobRun:
    """Under a lease that is kept by `keep`. Every method raises JobMoved once somebody else has the job."""

    job: Job
    jobs: JobRepository
    clock: Clock
    sleep: Sleep
    watch: JobWatch
    _noted_at: float = 0.0
    _advanced: int = 0
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def must_stop(self) -> bool:
        """As `Job.must_stop`, as far as it is known here: with each record more is learned."""
        return self.job.must_stop

    async def note(
        self, *, memo: str | None = None, done: int | None = None, total: int | None = None
    ) -> None:
        """How far it came; written down if that was not done a moment ago. None leaves it as it is."""
        if self.clock.monotonic_seconds() - self._noted_at >= NOTE_EVERY_SECONDS:
            await self.record(memo=memo, done=done, total=total)

    async def advance(self, nodes: int) -> None:
        """So many nodes more are done."""
        self._advanced += nodes
        if self.clock.monotonic_seconds() - self._noted_at >= NOTE_EVERY_SECONDS:
            await self.record()

    async def record(
        self, *, memo: str | None = None, done: int | None = None, total: int | None = None
    ) -> None:
        """Written down now. None leaves it as it is."""
        job = self.job
        advanced, self._advanced = self._advanced, 0
        await self._save(
            memo=job.memo if memo is None else memo,
            done=job.done + advanced if done is None else done,
            total=job.total if total is None else total,
        )

    async def fail(self, error: JobError) -> None:
        """Says why it will have failed. What it did is to be undone next, by whoever."""
        await self._save(error=error)

    async def stop(self) -> None:
        """Ends what was undone: failed if it had failed, else cancelled."""
        await self.end(JobState.FAILED if self.job.error else JobState.CANCELLED)

    async def end(self, state: JobState, *, result_id: NodeId | None = None) -> None:
        async with self._one_by_one:
            done = self.job.done + self._advanced
            after = replace(self.job, result_id=result_id, done=done).ended(state, self.clock.now_ms())
            await self._write(after)
        self.watch.stepped(self.job.kind, JobStep(state))

    async def release(self, *, broken: bool) -> None:
        async with self._one_by_one:
            after = self.job.released(self.clock.now_ms(), broken=broken)
            await self._write(after)
        self.watch.stepped(self.job.kind, JobStep.BROKEN if broken else JobStep.GIVEN_BACK)

    async def keep(self) -> None:
        """Renews the lease for ever."""
        while True:
            await self.sleep(LEASE_MS / 3000)
            await self._save()

    async def _save(self, **changes: object) -> None:
        """One write at a time: each is told as the difference to the one before."""
        async with self._one_by_one:
            held = self.job.held(self.clock.now_ms())
            after = replace(held, **changes)  # type: ignore[arg-type]  # only the methods above call it
            await self._write(after)
            self._noted_at = self.clock.monotonic_seconds()

    async def _write(self, after: Job) -> None:
        before, self.job = self.job, await self.jobs.save(self.job, after)
        self.watch.advanced(self.job.kind, self.job.done - before.done)


class Work(Protocol):
    """What a kind of job does, from wherever it was left, until it has ended."""

    async def __call__(self, run: JobRun) -> None:
        """Ends the run. Steps may be taken twice, and by two at once, without harm.

        Where `run.must_stop`, undoes what was done first, as far as it can be. Raises JobMoved, and Unavailable
        or DriveBusy if it is to be tried again; whatever else it raises is a bug, and is tried again more rarely.
        """
        ...
