"""Folders, files, entries and versions as rows, and back."""

from file_metadata_service.adapters.dynamodb.packed_nodes import (
    pack_node,
    pack_version,
    unpack_node,
    unpack_version,
)
from file_metadata_service.adapters.dynamodb.rows import EntryRow, FileRow, FolderRow, VersionRow
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.names import JOINT
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Key


def folder_row(folder: Folder) -> FolderRow:
    return FolderRow(folder.id, folder.drive_id, pack_node(folder))


def file_row(file: File) -> FileRow:
    assert file.parent_id is not None, "only the root has none"
    return FileRow(file.id, file.drive_id, file.parent_id, pack_node(file))


def entry_row(key: Key, node: Node) -> EntryRow:
    size_bytes = node.current.size_bytes if isinstance(node, File) else 0
    return EntryRow(
        key.partition,
        key.sort,
        f"{node.kind}{JOINT}{node.updated_at_ms:014}",
        f"{node.kind}{JOINT}{size_bytes:014}",
        pack_node(node),
    )


def version_row(drive_id: DriveId, key: Key, past: PastVersion) -> VersionRow:
    due = past.due_at_ms is not None
    return VersionRow(
        key.partition,
        past.number,
        drive_id,
        pack_version(past.version),
        past.replaced_at_ms,
        due_shard(key.partition) if due else None,
        past.due_at_ms,
    )


def due_shard(file_id: str) -> str:
    """Sixteen partitions of the index share what is due."""
    return file_id[:1]


def node_of(row: FolderRow | FileRow | EntryRow) -> Node:
    """The node; of an entry, the one that has the name."""
    return unpack_node(row.node)


def version_of(row: VersionRow) -> PastVersion:
    return PastVersion(
        version=unpack_version(row.version), replaced_at_ms=row.replaced_at, due_at_ms=row.due_at
    )
