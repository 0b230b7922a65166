"""What must be true of a store in memory, whatever happened: nothing half there, everything counted."""

from collections import Counter

from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import BlobId, NodeId
from file_metadata_service.domain.jobs import REMOVAL, STAGING
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Key, Shelf
from tests.fakes.metadata_store import InMemoryMetadata


def check_whole(store: InMemoryMetadata) -> None:
    """Raises AssertionError. Of stores with one drive, while no job is under way."""
    nodes = _nodes(store)
    _check_places(store, nodes)
    (drive,) = store.heads.values()
    files = [node for node in nodes.values() if isinstance(node, File)]
    past = [row for row in store.rows.values() if isinstance(row, PastVersion)]
    versions = [file.current for file in files] + [row.version for row in past]
    assert drive.bytes_used == sum(version.size_bytes for version in versions)
    assert drive.versions_bytes == sum(row.version.size_bytes for row in past)
    assert drive.file_count == len(files)
    references = Counter[BlobId](version.blob_id for version in versions)
    for row in store.rows.values():
        if isinstance(row, Blob) and row.state in (BlobState.ALIAS, BlobState.ABANDONED):
            assert (row.references, row.zero_since_ms) == (0, None)
            assert row.id not in references
        elif isinstance(row, Blob):
            assert row.references == references[row.id], row
            assert (row.zero_since_ms is None) == (row.references > 0)
    items = [row for key, row in store.rows.items() if key.shelf is Shelf.TRASH]
    sizes = [item.size_bytes for item in items if isinstance(item, TrashItem)]
    assert drive.trash_bytes == sum(size for size in sizes if size is not None)
    assert drive.trash_uncounted == sizes.count(None)


def _nodes(store: InMemoryMetadata) -> dict[NodeId, Node]:
    shelves = (Shelf.FOLDER, Shelf.FILE)
    return {
        row.id: row
        for key, row in store.rows.items()
        if key.shelf in shelves and isinstance(row, Folder | File)
    }


def _check_places(store: InMemoryMetadata, nodes: dict[NodeId, Node]) -> None:
    (drive,) = store.heads.values()
    entries = {key: row for key, row in store.rows.items() if key.shelf is Shelf.ENTRY}
    for node in nodes.values():
        assert node.parent_id is not None
        assert not node.parent_id.startswith((STAGING, REMOVAL)), node
        if node.trashed_at_ms is None:
            assert entries.pop(Key(Shelf.ENTRY, node.parent_id, node.entry_key)) == node
            assert node.parent_id == drive.id or node.parent_id in nodes, node
    assert not entries
