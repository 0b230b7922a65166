"""The rows of this service's tables, attribute by attribute. Times are Unix milliseconds where not said
otherwise.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriveRow:
    driveid: str
    journal_id: str
    created_at: int
    seq: int
    journal_floor: int
    tree_epoch: int
    bytes_used: int
    file_count: int
    quota_bytes: int | None
    versions_bytes: int | None
    trash_bytes: int | None
    trash_uncounted: int | None


@dataclass(frozen=True, slots=True)
class FolderRow:
    """`userid` is the drive's owner, never the actor. `node`: the whole, see `packed_nodes`."""

    id: str
    userid: str
    node: bytes


@dataclass(frozen=True, slots=True)
class FileRow:
    """As a folder's. `folderid` is the parent, for the index."""

    id: str
    userid: str
    folderid: str
    node: bytes


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A name, and the node that has it: everything that a listing shows, so that no row is read for a row."""

    folderid: str
    entry_key: str
    updated_key: str
    size_key: str
    node: bytes


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A past version. `due_at`: when somebody must look whether it may go; `replaced_at` is not in rows of old."""

    fileid: str
    number: int
    userid: str
    version: bytes
    replaced_at: int | None
    due_shard: str | None
    due_at: int | None


@dataclass(frozen=True, slots=True)
class TrashRow:
    """`item`: the whole as JSON. `due_at`: when somebody must look at it, to count or to purge it."""

    driveid: str
    trash_key: str
    item: str
    due_shard: str
    due_at: int


@dataclass(frozen=True, slots=True)
class BlobRow:
    """`blob`: the rest of it, see `packed_blobs`. `content_key`: of live ones only. `zero_shard`, `zero_since`: only
    while nothing refers to it. `expires_at`: Unix seconds, of what has no bytes any more, or never had any.
    """

    blobid: str
    state: str
    references: int
    content_key: str | None
    blob: bytes
    zero_shard: str | None
    zero_since: int | None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class ContentRow:
    """What the index of contents shows of a blob: where its row is."""

    blobid: str


@dataclass(frozen=True, slots=True)
class PartsRow:
    """Beside a blob of several parts, as `<blobid>#parts`: 32 bytes for each, in order."""

    blobid: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class CommandRow:
    """`result` as JSON; `expires_at` in seconds, as DynamoDB's TTL wants it."""

    driveid: str
    command_key: str
    request_hash: str
    result: str
    seq: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One per transaction. `token`: its ClientRequestToken; `changes`: a list as JSON."""

    driveid: str
    seq: int
    token: str
    at: int
    changes: str


StoredRow = FolderRow | FileRow | EntryRow | VersionRow | TrashRow | BlobRow | PartsRow | CommandRow
