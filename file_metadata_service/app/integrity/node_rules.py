"""A node: its parent is there, its name stands in it once, and if it is in the trash, it stands there."""

from file_metadata_service.app.integrity.scene import (
    Finding,
    Mending,
    Rule,
    Scene,
    finding,
    place_of,
)
from file_metadata_service.app.integrity.settling import settled
from file_metadata_service.app.integrity.strays import check_held
from file_metadata_service.app.tree import own_key
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import NodeId, root_of
from file_metadata_service.domain.jobs import job_of_place
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.trash import RETENTION_MS, TrashItem
from file_metadata_service.ports.ledger import Key, file_key, folder_key, name_keys, trash_key

SHORT_ID = 8


def node_rule(key: Key, now_ms: int) -> Rule:
    """For the row of a folder or a file."""

    def check(scene: Scene) -> Finding | None:
        scene.need(key)
        node = scene.rows[key]
        if not isinstance(node, Folder | File):
            return None
        if node.seq > scene.head.seq:
            return finding(scene, DefectKind.SEQ_AHEAD, node.id, None)
        job_id = job_of_place(node.parent_id)
        if job_id is not None:
            return check_held(scene, node, job_id, now_ms)
        if node.trashed_at_ms is not None:
            return _check_trashed(scene, node, node.trashed_at_ms)
        assert node.parent_id is not None
        # All at once: the parent, and both places of its name.
        near = (folder_key(node.parent_id), *name_keys(node.parent_id, node.name))
        scene.need(*(it for it in near if it != folder_key(root_of(scene.head.id))))
        return _check_parent(scene, node, node.parent_id) or _check_entry(scene, node)

    return check


def _check_parent(scene: Scene, node: Node, parent_id: NodeId) -> Finding | None:
    """A parent that is gone is made anew: so everything below it is back, with one small change."""
    if scene.folder(parent_id) is not None:
        return None
    if scene.row(file_key(parent_id), File) is not None:
        return finding(scene, DefectKind.PARENT_MISSING, f"{node.id} below the file {parent_id}", None)
    folder = Folder(
        id=parent_id,
        drive_id=scene.head.id,
        parent_id=root_of(scene.head.id),
        name=f"recovered {parent_id[:SHORT_ID]}",
        revision=1,
        seq=scene.head.seq + 1,
        created_at_ms=node.created_at_ms,
        updated_at_ms=node.created_at_ms,
    )
    return finding(scene, DefectKind.PARENT_MISSING, parent_id, settled(scene, folder))


def _check_entry(scene: Scene, node: Node) -> Finding | None:
    place = place_of(node)
    entry = scene.rows[place]
    if entry is None:
        return finding(scene, DefectKind.ENTRY_MISSING, node.id, settled(scene, node))
    assert isinstance(entry, Folder | File)
    if entry.id != node.id:
        return _share(scene, node, entry)
    if entry != node:
        if entry.seq > node.seq:
            return finding(scene, DefectKind.ENTRY_NEWER, node.id, None)
        return finding(scene, DefectKind.ENTRY_STALE, node.id, settled(scene, node))
    if misfiled := {place, own_key(node)} & scene.misfiled:
        mending = Mending(drive=scene.head, rows=dict.fromkeys(misfiled, node))
        return finding(scene, DefectKind.KEYS_MISFILED, node.id, mending)
    return _check_twin(scene, node, place)


def _check_twin(scene: Scene, node: Node, place: Key) -> Finding | None:
    """A folder and a file of one name: the file gets a number."""
    as_folder, _ = name_keys(NodeId(place.partition), node.name)
    folder = scene.rows[as_folder]
    if isinstance(node, Folder) or folder is None:
        return None
    assert isinstance(folder, Folder)
    mending = settled(scene, node, leaving=place)
    return finding(scene, DefectKind.NAME_SHARED, f"{node.id} and {folder.id}", mending)


def _share(scene: Scene, node: Node, entry: Node) -> Finding:
    """Another one has the name. If it belongs there, or stands nowhere else, this one is numbered."""
    other = scene.node(entry.id)
    belongs = other is None or (other.trashed_at_ms is None and place_of(other) == place_of(node))
    mending = settled(scene, node, instead_of=None if belongs else entry)
    return finding(scene, DefectKind.NAME_SHARED, f"{node.id} and {entry.id}", mending)


def _check_trashed(scene: Scene, node: Node, trashed_at_ms: int) -> Finding | None:
    place = trash_key(scene.head.id, trashed_at_ms, node.id)
    item = scene.row(place, TrashItem)
    if item is None:
        item = TrashItem(
            node=node,
            original_path=f"/{node.name}",
            trashed_at_ms=trashed_at_ms,
            expires_at_ms=trashed_at_ms + RETENTION_MS,
        )
        mending = Mending(drive=scene.head.trashing(None), rows={place: item})
        return finding(scene, DefectKind.TRASH_MISSING, node.id, mending)
    return None
