"""What happens to the drive, in the order in which it happens."""

from dataclasses import dataclass
from datetime import datetime

from stowage_client.api.answers import reading
from stowage_client.api.models import Json
from stowage_client.api.transport import ApiTransport

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: placed or deleted."""

    kind: str
    node_id: str
    name: str
    is_folder: bool

    @classmethod
    def parse(cls, data: Json) -> "Change":
        node = data["node"]
        return cls(data["kind"], node["id"], node["name"], node["kind"] == "folder")


@dataclass(frozen=True, slots=True)
class Entry:
    """All that one transaction changed; `said`: as the server said it. `cursor`: the place behind it."""

    cursor: str
    at: datetime
    changes: tuple[Change, ...]
    said: Json

    @classmethod
    def parse(cls, data: Json) -> "Entry":
        changes = tuple(Change.parse(change) for change in data["changes"])
        return cls(data["cursor"], datetime.fromisoformat(data["at"]), changes, data)


@dataclass(frozen=True, slots=True)
class ChangePage:
    """`more`: something stands behind `next_cursor` already."""

    entries: tuple[Entry, ...]
    next_cursor: str
    more: bool


class ChangesApi:
    """The journal of the drive."""

    def __init__(self, transport: ApiTransport) -> None:
        self._transport = transport

    async def now(self) -> str:
        """A cursor behind all that has happened."""
        return (await self._page({})).next_cursor

    async def after(self, cursor: str, *, wait_seconds: int = 0) -> ChangePage:
        """Oldest first; empty if nothing happens for so long. Raises ApiError 409 `cursor_reset`, `cursor_invalid`."""
        return await self._page({"cursor": cursor, "limit": _PAGE, "wait": wait_seconds})

    async def _page(self, params: dict[str, str | int]) -> ChangePage:
        answer = await self._transport.request("GET", "/changes", params=params)
        with reading():
            entries = tuple(Entry.parse(item) for item in answer.data["items"])
            return ChangePage(entries, answer.data["next_cursor"], answer.data["more"])
