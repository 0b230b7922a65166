"""Drives, folders, files and the trash. Sizes are bytes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from api_gateway.adapters.http.models.bases import (
    EARLIER,
    HASH,
    ID,
    LATER,
    OTHER_ID,
    Answer,
    Hash,
    Id,
    sample,
)

FILE_SAMPLE: dict[str, Any] = {
    "kind": "file",
    "id": "3c6e0b8a9c15224a8228b9a98ca1531d",
    "drive_id": ID,
    "parent_id": OTHER_ID,
    "name": "holiday.mkv",
    "revision": 2,
    "seq": 41,
    "created_at": EARLIER,
    "updated_at": LATER,
    "size": 3221225472,
    "content_type": "video/x-matroska",
    "content_hash": HASH,
    "layout": "p23",
    "version": 2,
}
FOUND: dict[str, Any] = FILE_SAMPLE | {
    "ancestors": [{"id": ID, "name": ""}, {"id": OTHER_ID, "name": "films"}]
}
FOLDER: dict[str, Any] = {
    "kind": "folder",
    "id": OTHER_ID,
    "drive_id": ID,
    "parent_id": ID,
    "name": "films",
    "revision": 1,
    "seq": 12,
    "created_at": EARLIER,
    "updated_at": EARLIER,
}
_TRASHED: dict[str, Any] = {
    "node": FILE_SAMPLE,
    "original_path": "/films/holiday.mkv",
    "trashed_at": LATER,
    "expires_at": "2026-06-03T10:30:00Z",
    "size": 3221225472,
    "node_count": 1,
}


class Drive(Answer):
    """One tree with one owner and one quota."""

    model_config = sample(
        id=ID,
        root_id=ID,
        bytes_used=3221225472,
        file_count=1,
        quota_bytes=None,
        versions_bytes=0,
        trash_bytes=None,
    )

    id: Id
    root_id: Id
    bytes_used: int = Field(
        description="All that counts: every version in full, past ones and those in the trash, too. Open uploads "
        "count once they are complete"
    )
    file_count: int = Field(description="Those in the trash, too")
    quota_bytes: int | None = Field(description="null: no limit")
    versions_bytes: int | None = Field(
        description="The part of `bytes_used` that past versions are, wherever their files are; null while it is "
        "being counted"
    )
    trash_bytes: int | None = Field(
        description="The part of `bytes_used` that the current versions of files in the trash are; null while it is "
        "being counted"
    )


class Ancestor(Answer):
    """A folder on the way from the root."""

    model_config = sample(id=OTHER_ID, name="films")

    id: Id
    name: str


class _Node(Answer):
    id: Id
    drive_id: Id
    name: str = Field(description="Empty for the root")
    revision: int = Field(description="The ETag; guards a change by If-Match")
    seq: int = Field(description="The drive's seq at the node's last change")
    created_at: datetime
    updated_at: datetime


class Folder(_Node):
    """A folder; the root has no parent."""

    model_config = sample(**FOLDER)

    kind: Literal["folder"]
    parent_id: Id | None


class File(_Node):
    """A file, and what its current version holds."""

    model_config = sample(**FILE_SAMPLE)

    kind: Literal["file"]
    parent_id: Id
    size: int
    content_type: str
    content_hash: Hash
    layout: str = Field(description="How long its parts are: `p23` means 2^23 bytes")
    version: int


Node = TypeAliasType(
    "Node", Annotated[Folder | File, Field(discriminator="kind", description="A folder or a file.")]
)


class PlacedFolder(Folder):
    """A folder, and the way to it if it was asked for."""

    model_config = sample(**FOLDER, ancestors=[{"id": ID, "name": ""}])

    ancestors: list[Ancestor] = Field(default_factory=list, description="From the root down to the parent")


class PlacedFile(File):
    """A file, and the way to it if it was asked for."""

    model_config = sample(**FOUND)

    ancestors: list[Ancestor] = Field(default_factory=list, description="From the root down to the parent")


PlacedNode = TypeAliasType(
    "PlacedNode",
    Annotated[
        PlacedFolder | PlacedFile,
        Field(discriminator="kind", description="A folder or a file, and the way to it if it was asked for."),
    ],
)


class NodePage(Answer):
    """Some nodes of a folder."""

    model_config = sample(items=[FOLDER, FILE_SAMPLE], next_cursor=None)

    items: list[Node]
    next_cursor: str | None = Field(description="null at the end")


class TrashItem(Answer):
    """The top node of one deletion, as it was, and until when it can be restored."""

    model_config = sample(**_TRASHED)

    node: Node
    original_path: str
    trashed_at: datetime
    expires_at: datetime
    size: int | None = Field(
        description="Of all that was deleted with it, past versions left out; null while it is being counted"
    )
    node_count: int | None = Field(
        description="Folders and files that were deleted with it, and itself; null while they are being counted"
    )


class TrashPage(Answer):
    """Some of the trash, latest deletion first."""

    model_config = sample(items=[_TRASHED], next_cursor=None)

    items: list[TrashItem]
    next_cursor: str | None = Field(description="null at the end")
