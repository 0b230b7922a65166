"""From the domain to rows and back, for every shelf."""

from file_metadata_service.adapters.dynamodb.json_form import dump_result, load_trash_item
from file_metadata_service.adapters.dynamodb.node_rows import (
    entry_row,
    file_row,
    folder_row,
    node_of,
    version_of,
    version_row,
)
from file_metadata_service.adapters.dynamodb.record_rows import blob_of, blob_row, command_of, command_row
from file_metadata_service.adapters.dynamodb.rows import (
    BlobRow,
    CommandRow,
    EntryRow,
    FileRow,
    FolderRow,
    PartsRow,
    StoredRow,
    TrashRow,
    VersionRow,
)
from file_metadata_service.domain.blobs import Blob, BlobParts
from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.domain.journal import CommandRecord
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Key, Row, Shelf

PARTS_SUFFIX = "#parts"
SHA256_BYTES = 32


def stored(drive_id: DriveId, key: Key, row: Row) -> StoredRow:
    """The row to store under that key."""
    match row:
        case Folder() | File() if key.shelf is Shelf.ENTRY:
            return entry_row(key, row)
        case Folder():
            return folder_row(row)
        case File():
            return file_row(row)
        case PastVersion():
            return version_row(drive_id, key, row)
        case TrashItem():
            due_shard = row.node.id[:1]
            return TrashRow(drive_id, key.sort, dump_result(row), due_shard, row.due_at_ms)
        case Blob():
            return blob_row(row)
        case BlobParts():
            return PartsRow(row.blob_id + PARTS_SUFFIX, b"".join(row.sha256))
        case CommandRecord():
            return command_row(drive_id, key, row)


def loaded(row: StoredRow) -> Row:
    """What a stored row says."""
    match row:
        case FolderRow() | FileRow() | EntryRow():
            return node_of(row)
        case VersionRow():
            return version_of(row)
        case TrashRow():
            return load_trash_item(row.item)
        case BlobRow():
            return blob_of(row)
        case PartsRow():
            hashes = range(0, len(row.sha256), SHA256_BYTES)
            parts = tuple(row.sha256[first : first + SHA256_BYTES] for first in hashes)
            return BlobParts(BlobId(row.blobid.removesuffix(PARTS_SUFFIX)), parts)
        case CommandRow():
            return command_of(row)


def own(drive_id: DriveId, row: StoredRow | None) -> Row | None:
    """An entry's key does not name its drive, so that a folder id of another drive could be asked for."""
    if row is None:
        return None
    told = loaded(row)
    return None if isinstance(told, Folder | File) and told.drive_id != drive_id else told
