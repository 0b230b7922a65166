"""What files were."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from stowage_client.api.answers import reading
from stowage_client.api.models import Json, Node
from stowage_client.api.transport import ApiTransport

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Version:
    """A file's content at one time; `size` in bytes. `kept`: for ever."""

    number: int
    size: int
    content_hash: str
    created_at: datetime
    kept: bool
    current: bool

    @classmethod
    def parse(cls, data: Json) -> "Version":
        return cls(
            number=data["number"],
            size=data["size"],
            content_hash=data["content_hash"],
            created_at=datetime.fromisoformat(data["created_at"]),
            kept=data["kept"],
            current=data["current"],
        )


class VersionsApi:
    """The versions of files; each has a number, which is never given twice."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def of(self, file_id: str) -> AsyncIterator[Version]:
        """Newest first, page after page. Raises ApiError 409 `not_a_file`."""
        cursor: str | None = ""
        while cursor is not None:
            params: dict[str, str | int] = {"limit": _PAGE, "cursor": cursor}
            answer = await self._transport.request("GET", f"/files/{file_id}/versions", params=params)
            with reading():
                page = [Version.parse(item) for item in answer.data["items"]]
                cursor = answer.data["next_cursor"] or None
            for version in page:
                yield version

    async def keep(self, file_id: str, number: int, *, keep: bool) -> Version:
        """For ever, or as long as the retention says. Raises ApiError 404 `version_not_found`."""
        path = f"/files/{file_id}/versions/{number}"
        answer = await self._transport.request("PATCH", path, body={"keep": keep})
        with reading():
            return Version.parse(answer.data)

    async def delete(self, file_id: str, number: int) -> None:
        """For ever. Raises ApiError 404 `version_not_found`, 409 `version_is_current`."""
        await self._transport.request("DELETE", f"/files/{file_id}/versions/{number}")

    async def restore(self, file_id: str, number: int) -> Node:
        """By a new version of the same bytes. Raises ApiError 404 `version_not_found`, 409 `version_is_current`."""
        answer = await self._transport.request("POST", f"/files/{file_id}/versions/{number}/restore")
        with reading():
            return Node.parse(answer.data)
