"""This service's tables by their names and keys; whoever writes to one stands in this package."""

from dataclasses import dataclass

from chassis.dynamodb import DynamoDB, Index, Table
from file_metadata_service.adapters.dynamodb.rows import (
    BlobRow,
    CommandRow,
    ContentRow,
    DriveRow,
    EntryRow,
    FileRow,
    FolderRow,
    JournalRow,
    PartsRow,
    TrashRow,
    VersionRow,
)

BY_UPDATED = Index("by_updated", "folderid", "updated_key")
BY_SIZE = Index("by_size", "folderid", "size_key")
DUE = Index("due", "due_shard", "due_at")
UNREFERENCED = Index("zero", "zero_shard", "zero_since")
CONTENT = Index("content", "content_key")


@dataclass(frozen=True, slots=True)
class Tables:
    drives: Table[DriveRow]
    folders: Table[FolderRow]
    files: Table[FileRow]
    entries: Table[EntryRow]
    versions: Table[VersionRow]
    trash: Table[TrashRow]
    blobs: Table[BlobRow]
    contents: Table[ContentRow]
    parts: Table[PartsRow]
    commands: Table[CommandRow]
    journal: Table[JournalRow]


def tables_of(db: DynamoDB, prefix: str) -> Tables:
    """Parts stand beside their blobs, in one table."""
    return Tables(
        drives=Table(db, f"{prefix}drives", DriveRow, partition_key="driveid"),
        folders=Table(db, f"{prefix}folders", FolderRow, partition_key="id", sort_key="userid"),
        files=Table(db, f"{prefix}files", FileRow, partition_key="id", sort_key="userid"),
        entries=Table(db, f"{prefix}entries", EntryRow, partition_key="folderid", sort_key="entry_key"),
        versions=Table(db, f"{prefix}versions", VersionRow, partition_key="fileid", sort_key="number"),
        trash=Table(db, f"{prefix}trash", TrashRow, partition_key="driveid", sort_key="trash_key"),
        blobs=Table(db, f"{prefix}blobs", BlobRow, partition_key="blobid"),
        contents=Table(db, f"{prefix}blobs", ContentRow, partition_key="blobid"),
        parts=Table(db, f"{prefix}blobs", PartsRow, partition_key="blobid"),
        commands=Table(db, f"{prefix}commands", CommandRow, partition_key="driveid", sort_key="command_key"),
        journal=Table(db, f"{prefix}journal", JournalRow, partition_key="driveid", sort_key="seq"),
    )
