"""Ports: where jobs are kept, and which of them somebody must look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.jobs import Job, JobId, JobKind
from file_metadata_service.ports.listings import Page


class JobRepository(Protocol):
    """Every method raises `chassis.errors.Unavailable` if the store does not answer; all may be repeated."""

    async def create(self, job: Job) -> Job:
        """Puts the job unless there is one of that id; answers the one that stands."""
        ...

    async def get(self, job_id: JobId) -> Job | None:
        """As it is now."""
        ...

    async def save(self, before: Job, after: Job) -> Job:
        """Writes what differs, only where the fencing token is still `before`'s and the job has not ended.

        Answers the row as it is then, with what others may write without the token: that cancelling was asked.
        Raises JobMoved.
        """
        ...

    async def ask_cancel(self, job_id: JobId) -> Job | None:
        """Whoever works on it learns of it with its next save. Answers the job; one that has ended is left alone."""
        ...

    async def drop(self, job: Job) -> None:
        """Forgets a job that has ended; harmless for one that has not."""
        ...

    async def page(self, drive_id: DriveId, *, limit: int, start: str | None) -> Page[Job]:
        """The drive's listed jobs, latest first; from an index, so that a fresh one may be missing for a moment."""
        ...


@dataclass(frozen=True, slots=True)
class DueJob:
    """As the index says."""

    id: JobId
    due_at_ms: int


class DueJobs(Protocol):
    async def due(self, now_ms: int, *, limit: int) -> Sequence[DueJob]:
        """Whose time has come, by an index: a hint, the row decides. Raises `chassis.errors.Unavailable`."""
        ...

    async def kinds(self, job_ids: Sequence[JobId]) -> Mapping[JobId, JobKind]:
        """Of those among them that have not ended, by their rows. Raises `chassis.errors.Unavailable`."""
        ...
