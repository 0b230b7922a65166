"""Work that takes longer than a request, as clients see it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobError:
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Job:
    """`done` and `total` count nodes; `total` is null until it is known. `node_id`: the copy, once it is there."""

    id: str
    kind: str
    state: str
    done: int
    total: int | None
    created_at: datetime
    ended_at: datetime | None
    cancelling: bool
    error: JobError | None
    node_id: str | None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some of the drive's jobs, latest first; `next_cursor` null at the end."""

    items: tuple[Job, ...]
    next_cursor: str | None
