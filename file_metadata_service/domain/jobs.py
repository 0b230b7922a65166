"""Jobs: work too long for one transaction, that any instance can carry on after a crash.

A job belongs to whoever holds its lease. Each taking raises the fencing token `fence`, and nothing is recorded
under an older one; what a job writes elsewhere is made so that a late step of an old holder changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from chassis.errors import DomainError, Kind
from file_metadata_service.domain.ids import Actor, DriveId, NodeId

JobId = NewType("JobId", str)

LEASE_MS = 10_000
# What has ended is kept for whoever asks, longer than its command is remembered.
KEPT_MS = 7 * 24 * 3600 * 1000
# Work that breaks is tried again, ever more rarely; after so many times it is given up.
MAX_ATTEMPTS = 12
LONGEST_PAUSE_MS = 3600 * 1000
SHORT_PAUSE_MS = 1_000


class JobMoved(DomainError):
    """Somebody else holds this job, or it has ended. Never travels to a caller."""

    kind = Kind.CONFLICT
    code = "job_moved"


class JobKind(StrEnum):
    """What is to be done."""

    COPY = "copy"
    DELETE = "delete"
    EMPTY_TRASH = "empty_trash"
    COUNT = "count"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobError:
    """Why it failed; also while what it did is being undone."""

    code: str
    detail: str


BROKEN = JobError("job_broken", "It failed again and again, for no fault of yours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`spec` says what to do and never changes; `memo` is the work's own note of how far it came (at most 200
    KB).

    `done` of `total` nodes, `total` None until it is known. `listed`: people see it. `due_at_ms`: when somebody
    must look next: at the end of the lease, or to drop what has ended. `result_id`: the node that it made.
    """

    id: JobId
    drive_id: DriveId
    actor: Actor
    kind: JobKind
    spec: Mapping[str, str]
    request_hash: str
    created_at_ms: int
    due_at_ms: int
    listed: bool = True
    state: JobState = JobState.QUEUED
    done: int = 0
    total: int | None = None
    memo: str = ""
    error: JobError | None = None
    result_id: NodeId | None = None
    cancel_asked: bool = False
    owner: str | None = None
    fence: int = 0
    attempts: int = 0
    ended_at_ms: int | None = None

    def taken(self, owner: str, now_ms: int) -> "Job":
        """Under a lease of `owner`. Raises JobMoved if it has ended or somebody holds it."""
        if self.state.is_end or self.due_at_ms > now_ms:
            raise JobMoved
        return replace(
            self, state=JobState.RUNNING, owner=owner, fence=self.fence + 1, due_at_ms=now_ms + LEASE_MS
        )

    def held(self, now_ms: int) -> "Job":
        """The lease once more."""
        return replace(self, due_at_ms=now_ms + LEASE_MS)

    def failing(self, error: JobError) -> "Job":
        """It will fail, once what it did is undone."""
        return replace(self, error=error)

    @property
    def must_stop(self) -> bool:
        """Somebody asked to cancel it, or it has failed already: what it did is to be undone."""
        return self.cancel_asked or self.error is not None

    def ended(self, state: JobState, now_ms: int) -> "Job":
        return replace(self, state=state, owner=None, memo="", ended_at_ms=now_ms, due_at_ms=now_ms + KEPT_MS)

    def released(self, now_ms: int, *, broken: bool) -> "Job":
        """Somebody shall try again: soon, or, where the work itself broke, after a pause that grows."""
        attempts = self.attempts + int(broken)
        pause_ms = min(LONGEST_PAUSE_MS, 500 * 2**attempts) if broken else SHORT_PAUSE_MS
        return replace(
            self, state=JobState.QUEUED, owner=None, attempts=attempts, due_at_ms=now_ms + pause_ms
        )

    @property
    def is_hopeless(self) -> bool:
        return self.attempts >= MAX_ATTEMPTS


# No folder has such an id, so that whatever hangs there can be reached by nobody but the job that it names.
STAGING, REMOVAL = "staging:", "removal:"


def staging_place(job_id: JobId) -> NodeId:
    """The parent of what a job is making, until it is complete."""
    return NodeId(STAGING + job_id)


def removal_place(job_id: JobId) -> NodeId:
    """The parent of what a job removes for ever, until all below it is gone."""
    return NodeId(REMOVAL + job_id)


def job_of_place(parent_id: NodeId | None) -> JobId | None:
    """Whose hands a node is in that hangs there; None: in nobody's."""
    for place in (STAGING, REMOVAL):
        if parent_id is not None and parent_id.startswith(place):
            return JobId(parent_id.removeprefix(place))
    return None
