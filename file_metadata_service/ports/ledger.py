"""Port: the rows of a drive, read by key and written together, one transaction per step of the head."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol

from file_metadata_service.domain.blobs import Blob, BlobParts
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.journal import Change, CommandRecord
from file_metadata_service.domain.names import NodeKind, entry_key
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import PastVersion

Row = Folder | File | PastVersion | TrashItem | Blob | BlobParts | CommandRecord
Rows = Mapping["Key", Row | None]


class Shelf(IntEnum):
    """Where a row stands."""

    FOLDER = 1
    FILE = 2
    ENTRY = 3
    VERSION = 4
    TRASH = 5
    BLOB = 6
    PARTS = 7
    COMMAND = 8


# Their rows' partitions are ids of nodes, of which a listing or a look at a node shows something.
OF_NODES = frozenset({Shelf.FOLDER, Shelf.FILE, Shelf.ENTRY})


class Key(NamedTuple):
    """One row of a drive. The row of an entry is the whole node that has the name."""

    shelf: Shelf
    partition: str
    sort: str = ""


def folder_key(node_id: NodeId) -> Key:
    return Key(Shelf.FOLDER, node_id)


def file_key(node_id: NodeId) -> Key:
    return Key(Shelf.FILE, node_id)


def name_keys(folder_id: NodeId, name: str) -> tuple[Key, Key]:
    """The two places where a name can stand: as a folder, as a file."""
    return (
        Key(Shelf.ENTRY, folder_id, entry_key(NodeKind.FOLDER, name)),
        Key(Shelf.ENTRY, folder_id, entry_key(NodeKind.FILE, name)),
    )


def version_key(file_id: NodeId, number: int) -> Key:
    return Key(Shelf.VERSION, file_id, str(number))


def trash_key(drive_id: DriveId, trashed_at_ms: int, node_id: NodeId) -> Key:
    return Key(Shelf.TRASH, drive_id, f"{trashed_at_ms:014}#{node_id}")


def blob_key(blob_id: BlobId) -> Key:
    return Key(Shelf.BLOB, blob_id)


def parts_key(blob_id: BlobId) -> Key:
    return Key(Shelf.PARTS, blob_id)


def command_key(drive_id: DriveId, actor: Actor, command_id: str) -> Key:
    return Key(Shelf.COMMAND, drive_id, f"{actor}#{command_id}")


@dataclass(frozen=True, slots=True)
class Item:
    """The net effect on one row. `before` None: it must not exist; else it must, in whatever state.

    Only a blob that stays must be in the state, and have the references, of `before`: others decide about blobs
    without the head.
    `whole`: all of it is put, not only what differs, so that what the domain does not see of it is right, too.
    """

    key: Key
    before: Row | None
    after: Row | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Taking:
    """So many references more on a blob that nobody has read: it must be live, with whatever count."""

    key: Key
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One transaction: the head from `before` to `after`, the journal row of `after.seq`, the items and takings.

    `token` names it, 1-36 ASCII characters; it stands in the journal row, too.
    """

    before: Drive
    after: Drive
    token: str
    at_ms: int
    changes: tuple[Change, ...]
    items: tuple[Item, ...]
    takings: tuple[Taking, ...] = ()

    @property
    def touched(self) -> frozenset[NodeId]:
        """The nodes that change, and the folders where a node comes, goes or changes."""
        return frozenset(NodeId(item.key.partition) for item in self.items if item.key.shelf in OF_NODES)


Send = Callable[[], Awaitable[None]]


class Ledger(Protocol):
    """Never answers from a cache."""

    async def read(self, drive_id: DriveId, keys: Iterable[Key]) -> Rows:
        """Each row as it is now, None where there is none; consistent per row, in as few calls as possible.

        Raises `chassis.errors.Unavailable`.
        """
        ...

    async def write(self, writing: Writing) -> None:
        """All or nothing, and only if the head is still `writing.before`: its seq, journal id and quota.

        Repeating a writing that was written succeeds and changes nothing, at least for the first minutes.
        Raises HeadMoved, RowsRefused, NotWritten, OutcomeUnknown; HeadMoved wins where several apply.
        """
        ...

    def ready(self, writing: Writing) -> Send:
        """All of `write` that can be done without I/O; what it answers does the rest, as often as it is called."""
        ...

    async def token_at(self, drive_id: DriveId, seq: int) -> str | None:
        """The token in that journal row, None if there is none. Raises `chassis.errors.Unavailable`."""
        ...


class WriteFailed(Exception):
    """A writing did not come through. Never travels to a caller."""


class HeadMoved(WriteFailed):
    """Somebody else moved the head first, or an earlier try of this very writing did: the journal tells.

    Or the drive's quota was changed meanwhile. In each case the head must be read again.
    """


class RowsRefused(WriteFailed):
    """The head stood, but these rows were not (or were) there. Nothing was written."""

    def __init__(self, keys: frozenset[Key]) -> None:
        super().__init__(f"{len(keys)} rows refused")
        self.keys = keys


class NotWritten(WriteFailed):
    """A conflict with another transaction, or throttling: nothing was written, trying again may help."""


class OutcomeUnknown(WriteFailed):
    """No answer: written or not. Sending the identical writing again tells."""
