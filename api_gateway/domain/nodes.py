"""Drives, nodes and the trash, as clients see them. Sizes are bytes, hashes hex.

Fields are called as in REST, because answers are encoded straight from these values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

Conflict = Literal["fail", "rename", "replace"]
Sort = Literal["name", "updated", "size"]
FoundType = Literal["folder", "file", "image", "video", "audio", "document", "archive", "other"]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class At(Generic[Answer]):
    """An answer and the place in the drive's journal that it was true at: `<driveid>.<journal_id>.<seq>`."""

    answer: Answer
    position: str


@dataclass(frozen=True, slots=True)
class Drive:
    """One tree with one owner and one quota; `quota_bytes` null means no limit.

    `versions_bytes` (past versions) and `trash_bytes` (the current ones in the trash) are parts of `bytes_used`; null
    while they are not counted yet.
    """

    id: str
    root_id: str
    bytes_used: int
    file_count: int
    quota_bytes: int | None
    versions_bytes: int | None
    trash_bytes: int | None


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A folder on the way from the root."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder. The root has no parent and no name."""

    id: str
    drive_id: str
    parent_id: str | None
    name: str
    revision: int
    seq: int
    created_at: datetime
    updated_at: datetime
    kind: Literal["folder"] = "folder"


@dataclass(frozen=True, slots=True)
class File:
    """A file, and what its current version holds."""

    id: str
    drive_id: str
    parent_id: str
    name: str
    revision: int
    seq: int
    created_at: datetime
    updated_at: datetime
    size: int
    content_type: str
    content_hash: str
    layout: str
    version: int
    kind: Literal["file"] = "file"


Node = Folder | File


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its ancestors, from the root down to its parent; None if they were not asked for."""

    node: Node
    ancestors: tuple[Ancestor, ...] | None = None


class ListedNode(Protocol):
    """A folder or a file as it stands in a page; it has the fields of one."""

    @property
    def kind(self) -> str: ...

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def updated_at(self) -> datetime: ...


class ListedFile(ListedNode, Protocol):
    """What a file has besides."""

    @property
    def size(self) -> int: ...

    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class NodePage:
    """Some nodes of a folder; `next_cursor` null at the end."""

    items: Sequence[ListedNode]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some of what was found, with the way to each. Not `complete`: something may be missing."""

    items: tuple[PlacedNode, ...]
    next_cursor: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class TrashItem:
    """The top node of one deletion, as it was, and until when it can be restored.

    `size`, `node_count`: of all that went with it, null until it is counted.
    """

    node: Node
    original_path: str
    trashed_at: datetime
    expires_at: datetime
    size: int | None
    node_count: int | None


@dataclass(frozen=True, slots=True)
class TrashPage:
    """Some of the trash, latest deletion first."""

    items: tuple[TrashItem, ...]
    next_cursor: str | None
