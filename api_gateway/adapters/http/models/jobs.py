"""Work that takes longer than a request."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api_gateway.adapters.http.models.bases import EARLIER, ID, Answer, Id, sample

_JOB: dict[str, Any] = {
    "id": ID,
    "kind": "copy",
    "state": "running",
    "done": 1200,
    "total": 10001,
    "created_at": EARLIER,
    "ended_at": None,
    "cancelling": False,
    "error": None,
    "node_id": None,
}


class JobError(Answer):
    """Why it failed. What it had done was undone."""

    model_config = sample(code="quota_exceeded", detail="The drive is full.")

    code: str
    detail: str


class Job(Answer):
    """Ask for it again until its `state` is `done`, `failed` or `cancelled`. It is forgotten after seven days."""

    model_config = sample(**_JOB)

    id: Id
    kind: Literal["copy", "delete", "empty_trash"]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int = Field(description="Folders and files")
    total: int | None = Field(description="null until it is known")
    created_at: datetime
    ended_at: datetime | None
    cancelling: bool = Field(description="Somebody asked it to end")
    error: JobError | None = Field(description="Of one that failed, or will have")
    node_id: Id | None = Field(description="The copy, once it is there")


class JobPage(Answer):
    """Some of your jobs, latest first."""

    model_config = sample(items=[_JOB], next_cursor=None)

    items: list[Job]
    next_cursor: str | None = Field(description="null at the end")
