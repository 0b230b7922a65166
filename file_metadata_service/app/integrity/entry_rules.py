"""A name in a folder, and a place in the trash: each belongs to a node that says so itself."""

from dataclasses import replace

from file_metadata_service.app.integrity.scene import (
    Finding,
    Mending,
    Rule,
    Scene,
    finding,
    own_key,
    place_of,
)
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import Key, blob_key, file_key, folder_key


def entry_rule(key: Key) -> Rule:
    """For the place of a name. Whether it says the same as its node is the node's rule."""

    def check(scene: Scene) -> Finding | None:
        scene.need(key)
        entry = scene.rows[key]
        if not isinstance(entry, Folder | File):
            return None
        node = scene.node(entry.id)
        if node is None:
            return finding(scene, DefectKind.ENTRY_ALONE, entry.id, _made_of(scene, key, entry))
        if node.trashed_at_ms is None and node.parent_id is not None and place_of(node) == key:
            return None
        mending = None if _knows_more(entry, node) else Mending(drive=scene.head, rows={key: None})
        return finding(scene, DefectKind.ENTRY_SURPLUS, f"{entry.id} in {key.partition}", mending)

    return check


def _made_of(scene: Scene, key: Key, entry: Node) -> Mending | None:
    """An entry holds all that its node's own row does."""
    if place_of(entry) != key:
        return None
    node = replace(entry, seq=scene.head.seq + 1)
    drive = scene.head.rearranged() if isinstance(node, Folder) else scene.head
    return Mending(drive=drive, rows={own_key(node): node, key: node}, nodes=(node,))


def _knows_more(entry: Node, node: Node) -> bool:
    """Bytes that only the entry names must not be lost with it."""
    if isinstance(entry, Folder):
        return False
    return not isinstance(node, File) or entry.current.number > node.current.number


def trash_rule(key: Key) -> Rule:
    """For a place in the trash."""

    def check(scene: Scene) -> Finding | None:
        item = scene.row(key, TrashItem)
        if item is None:
            return None
        scene.need(folder_key(item.node.id), file_key(item.node.id))
        node = scene.node(item.node.id)
        if node is None:
            return finding(scene, DefectKind.TRASH_ALONE, item.node.id, _revived(scene, item))
        if node.trashed_at_ms != item.trashed_at_ms:
            mending = Mending(drive=scene.head.untrashing(item.size_bytes), rows={key: None})
            return finding(scene, DefectKind.TRASH_SURPLUS, item.node.id, mending)
        if item.node != node:
            mending = Mending(drive=scene.head, rows={key: replace(item, node=node)})
            return finding(scene, DefectKind.TRASH_STALE, item.node.id, mending)
        if key in scene.misfiled:
            mending = Mending(drive=scene.head, rows={key: item})
            return finding(scene, DefectKind.KEYS_MISFILED, item.node.id, mending)
        return None

    return check


def _revived(scene: Scene, item: TrashItem) -> Mending | None:
    """The node's row as the trash remembers it, if its bytes are surely there; else somebody has to look."""
    node = item.node
    if isinstance(node, File):
        blob = scene.row(blob_key(node.current.blob_id), Blob)
        if blob is None or blob.state is not BlobState.LIVE:
            return None
    return Mending(drive=scene.head, rows={own_key(node): node}, nodes=())
