"""Port: pages of folders and of the trash."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.trash import TrashItem

T = TypeVar("T")


class SortField(StrEnum):
    """NAME is consistent; the others read an index that may lag."""

    NAME = "name"
    UPDATED = "updated"
    SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Folders come before files, whichever the direction."""

    field: SortField = SortField.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next_start` is the listing's own word for where to go on; None at the end."""

    items: tuple[T, ...]
    next_start: str | None


class FolderListing(Protocol):
    """What jobs see of a folder. Raises `chassis.errors.Unavailable` if the store does not answer."""

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> Page[Node]:
        """At most `limit` (1-1000) nodes; fewer, even with more to come, if the store cuts a page short.

        One query; two where a descending page crosses the border between folders and files.
        """
        ...

    def behind(self, node: Node) -> str:
        """The place, in the order of names, behind that node, where it stands or stood."""
        ...


@dataclass(frozen=True, slots=True)
class PackedPage:
    """`nodes`: as the listing's rpc carries them; nobody between the store and the gateway looks inside."""

    nodes: bytes
    next_start: str | None


class PackedListing(Protocol):
    """What people see of a folder. Raises `chassis.errors.Unavailable` if the store does not answer."""

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> PackedPage:
        """The same nodes as FolderListing's page has, and the same places to go on."""
        ...


class DueTrash(Protocol):
    """Raises `chassis.errors.Unavailable` if the store does not answer."""

    async def due(self, now_ms: int, *, limit: int) -> Sequence[TrashItem]:
        """Items of all drives that somebody must look at, by an index: a hint, the row decides."""
        ...


class TrashListing(Protocol):
    """Raises `chassis.errors.Unavailable` if the store does not answer."""

    async def page(self, drive_id: DriveId, *, limit: int, start: str | None) -> Page[TrashItem]:
        """One consistent query, latest deletion first."""
        ...
