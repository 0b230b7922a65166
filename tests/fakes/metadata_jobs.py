"""Jobs in memory, and time that a test's jobs spend waiting."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chassis.errors import Unavailable
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.jobs import Job, JobId, JobKind, JobMoved
from file_metadata_service.ports.jobs import DueJob
from file_metadata_service.ports.listings import Page


@dataclass(slots=True)
class InMemoryJobs:
    """JobRepository and DueJobs. `down`: it does not answer. `asked_for_kind`: in order."""

    rows: dict[JobId, Job] = field(default_factory=dict)
    down: bool = False
    asked_for_kind: list[JobId] = field(default_factory=list)

    async def create(self, job: Job) -> Job:
        await self._answers()
        return self.rows.setdefault(job.id, job)

    async def get(self, job_id: JobId) -> Job | None:
        await self._answers()
        return self.rows.get(job_id)

    async def save(self, before: Job, after: Job) -> Job:
        await self._answers()
        standing = self.rows.get(after.id)
        if standing is None or standing.fence != before.fence or standing.state.is_end:
            raise JobMoved
        asked = standing.cancel_asked or after.cancel_asked
        self.rows[after.id] = replace(after, cancel_asked=asked)
        return self.rows[after.id]

    async def ask_cancel(self, job_id: JobId) -> Job | None:
        await self._answers()
        job = self.rows.get(job_id)
        if job is not None and not job.state.is_end:
            self.rows[job_id] = replace(job, cancel_asked=True)
        return self.rows.get(job_id)

    async def drop(self, job: Job) -> None:
        await self._answers()
        if job.id in self.rows and self.rows[job.id].state.is_end:
            del self.rows[job.id]

    async def page(self, drive_id: DriveId, *, limit: int, start: str | None) -> Page[Job]:
        await self._answers()
        listed = [job for job in self.rows.values() if job.drive_id == drive_id and job.listed]
        places = {f"{job.created_at_ms:014} {job.id}": job for job in listed}
        names = sorted((name for name in places if start is None or name < start), reverse=True)
        page = names[:limit]
        return Page(tuple(places[name] for name in page), page[-1] if len(names) > limit else None)

    async def due(self, now_ms: int, *, limit: int) -> Sequence[DueJob]:
        await self._answers()
        due = [job for job in self.rows.values() if job.due_at_ms <= now_ms]
        return [DueJob(job.id, job.due_at_ms) for job in sorted(due, key=lambda job: job.due_at_ms)][:limit]

    async def kinds(self, job_ids: Sequence[JobId]) -> Mapping[JobId, JobKind]:
        await self._answers()
        self.asked_for_kind += job_ids
        there = [self.rows[job_id] for job_id in job_ids if job_id in self.rows]
        return {job.id: job.kind for job in there if not job.state.is_end}

    async def _answers(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("The store does not answer.")


async def endless(_seconds: float) -> None:
    """A Sleep that nobody wakes from: rounds are taken by the test's hand."""
    await asyncio.Event().wait()
