"""Folders, files, entries and versions as rows, and back."""

from file_metadata_service.adapters.dynamodb.rows import (
    ContentRow,
    EntryRow,
    FileRow,
    FolderRow,
    VersionRow,
)
from file_metadata_service.domain.ids import Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.names import JOINT
from file_metadata_service.domain.nodes import File, Folder, Node, Version
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Key


def folder_row(folder: Folder) -> FolderRow:
    return FolderRow(*_common(folder))


def file_row(file: File) -> FileRow:
    return FileRow(*_common(file), _content_row(file.current), file.unkept_versions)


def entry_row(key: Key, node: Node) -> EntryRow:
    size_bytes = node.current.size_bytes if isinstance(node, File) else 0
    return EntryRow(
        key.partition,
        key.sort,
        f"{node.kind}{JOINT}{node.updated_at_ms:014}",
        f"{node.kind}{JOINT}{size_bytes:014}",
        node.id,
        node.drive_id,
        node.name,
        node.revision,
        node.seq,
        node.created_at_ms,
        node.updated_at_ms,
        _content_row(node.current) if isinstance(node, File) else None,
        node.unkept_versions if isinstance(node, File) else None,
    )


def version_row(drive_id: DriveId, key: Key, past: PastVersion) -> VersionRow:
    due = past.due_at_ms is not None
    return VersionRow(
        key.partition,
        past.number,
        drive_id,
        _content_row(past.version),
        past.replaced_at_ms,
        due_shard(key.partition) if due else None,
        past.due_at_ms,
    )


def due_shard(file_id: str) -> str:
    """Sixteen partitions of the index share what is due."""
    return file_id[:1]


def folder_of(row: FolderRow | EntryRow) -> Folder:
    return Folder(
        id=NodeId(row.id),
        drive_id=DriveId(row.userid),
        parent_id=NodeId(row.folderid),
        name=row.name,
        revision=row.revision,
        seq=row.seq,
        created_at_ms=row.created_at,
        updated_at_ms=row.updated_at,
        trashed_at_ms=_trashed_at(row),
    )


def file_of(row: FileRow | EntryRow) -> File:
    assert row.current is not None
    return File(
        id=NodeId(row.id),
        drive_id=DriveId(row.userid),
        parent_id=NodeId(row.folderid),
        name=row.name,
        revision=row.revision,
        seq=row.seq,
        created_at_ms=row.created_at,
        updated_at_ms=row.updated_at,
        trashed_at_ms=_trashed_at(row),
        current=_version(row.current),
        # Rows of old: until somebody could drop versions, there was one of each number.
        unkept_versions=row.current.version - 1 if row.unkept is None else row.unkept,
    )


def entry_of(row: EntryRow) -> Node:
    """The node that has the name."""
    return folder_of(row) if row.current is None else file_of(row)


def version_of(row: VersionRow) -> PastVersion:
    return PastVersion(version=_version(row.content), replaced_at_ms=row.replaced_at, due_at_ms=row.due_at)


def _trashed_at(row: FolderRow | FileRow | EntryRow) -> int | None:
    """What is in the trash has no entry."""
    return None if isinstance(row, EntryRow) else row.trashed_at


def _common(node: Node) -> tuple[str, str, str, str, int, int, int, int, int | None]:
    assert node.parent_id is not None, "the root has no row"
    return (
        node.id,
        node.drive_id,
        node.parent_id,
        node.name,
        node.revision,
        node.seq,
        node.created_at_ms,
        node.updated_at_ms,
        node.trashed_at_ms,
    )


def _content_row(version: Version) -> ContentRow:
    return ContentRow(
        version.number,
        version.blob_id,
        version.size_bytes,
        version.content_type,
        version.content_hash,
        version.layout,
        version.created_at_ms,
        str(version.actor),
        version.kept or None,
    )


def _version(row: ContentRow) -> Version:
    return Version(
        number=row.version,
        blob_id=BlobId(row.blobid),
        size_bytes=row.size,
        content_type=row.type,
        content_hash=row.hash,
        layout=row.layout,
        created_at_ms=row.created_at,
        actor=Actor.parse(row.actor),
        kept=bool(row.kept),
    )
