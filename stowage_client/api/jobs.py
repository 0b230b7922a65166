"""What takes the server longer than a request: copies of folders, and deletions for ever."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from stowage_client.api.answers import Answer, reading
from stowage_client.api.models import Json, Node
from stowage_client.api.transport import ApiTransport

_PAGE = 100
_ACCEPTED = 202


@dataclass(frozen=True, slots=True)
class Job:
    """`done` and `total` count folders and files; `total` is None until it is known. `node_id`: the copy."""

    id: str
    kind: str
    state: str
    done: int
    total: int | None
    created_at: datetime
    error_code: str | None
    error_detail: str | None
    node_id: str | None

    @property
    def has_ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    @classmethod
    def parse(cls, data: Json) -> "Job":
        error = data["error"] or {}
        return cls(
            id=data["id"],
            kind=data["kind"],
            state=data["state"],
            done=data["done"],
            total=data["total"],
            created_at=datetime.fromisoformat(data["created_at"]),
            error_code=error.get("code"),
            error_detail=error.get("detail"),
            node_id=data["node_id"],
        )


class JobsApi:
    """Begins jobs, and says how far they are."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def copy(self, node_id: str, *, parent_id: str, name: str, conflict: str) -> Node | Job:
        """A file is copied at once, a folder by a job. Raises ApiError 409 `name_taken`, 507 `quota_exceeded`."""
        body = {"parent_id": parent_id, "name": name, "conflict": conflict}
        answer = await self._transport.request("POST", f"/nodes/{node_id}/copy", body=body)
        if answer.status == _ACCEPTED:
            return _job(answer)
        with reading():
            return Node.parse(answer.data)

    async def delete_for_ever(self, node_id: str) -> Job:
        """Of an item of the trash. Raises ApiError 404 `node_not_found`."""
        return _job(await self._transport.request("DELETE", f"/trash/{node_id}"))

    async def empty_trash(self) -> Job:
        return _job(await self._transport.request("DELETE", "/trash"))

    async def get(self, job_id: str) -> Job:
        return _job(await self._transport.request("GET", f"/jobs/{job_id}"))

    async def cancel(self, job_id: str) -> Job:
        """One that has ended stays as it is. Raises ApiError 404 `job_not_found`."""
        return _job(await self._transport.request("DELETE", f"/jobs/{job_id}"))

    async def all(self) -> AsyncIterator[Job]:
        """Latest first, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            answer = await self._transport.request("GET", "/jobs", params={"limit": _PAGE, "cursor": cursor})
            with reading():
                page = [Job.parse(item) for item in answer.data["items"]]
                cursor = answer.data["next_cursor"] or None
            for job in page:
                yield job


def _job(answer: Answer) -> Job:
    with reading():
        return Job.parse(answer.data)
