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
from file_metadata_service.ports.ledger import Key


def folder_row(folder: Folder) -> FolderRow:
    return FolderRow(*_common(folder))


def file_row(file: File) -> FileRow:
    return FileRow(*_common(file), _content_row(file.current))


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
    )


def version_row(drive_id: DriveId, key: Key, version: Version) -> VersionRow:
    return VersionRow(key.partition, version.number, drive_id, _content_row(version))


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
    )


def entry_of(row: EntryRow) -> Node:
    """The node that has the name."""
    return folder_of(row) if row.current is None else file_of(row)


def version_of(row: VersionRow) -> Version:
    return _version(row.content)


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
    )
