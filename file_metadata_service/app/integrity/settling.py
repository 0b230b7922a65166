"""Putting a node where it belongs: its own row and its entry, told by the journal."""

from dataclasses import replace

from file_metadata_service.app.integrity.scene import Mending, Scene, own_key, place_of
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.names import numbered
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.ports.ledger import Key, Row, name_keys

NUMBERS = range(2, 10)


def settled(
    scene: Scene, node: Node, *, instead_of: Node | None = None, leaving: Key | None = None
) -> Mending | None:
    """The node under its name, else under a numbered one. None if those are taken, too.

    `instead_of`: whose entry at that place has no right to be there. `leaving`: the node's entry until now.
    """
    assert node.parent_id is not None
    name = _free(scene, node.parent_id, node, instead_of)
    if name is None:
        return None
    placed = replace(node, name=name, seq=scene.head.seq + 1)
    drive = scene.head.rearranged() if isinstance(node, Folder) else scene.head
    scene.need(own_key(placed))
    gone: dict[Key, Row | None] = {leaving: None} if leaving else {}
    rows = gone | {own_key(placed): placed, place_of(placed): placed}
    return Mending(drive=drive, rows=rows, nodes=(placed,))


def _free(scene: Scene, folder_id: NodeId, node: Node, instead_of: Node | None) -> str | None:
    welcome = {node.id, instead_of.id if instead_of else node.id}
    if _is_free(scene, folder_id, node.name, welcome):
        return node.name
    names = [numbered(node.name, number, node.kind) for number in NUMBERS]
    scene.need(*(key for name in names for key in name_keys(folder_id, name)))
    return next((name for name in names if _is_free(scene, folder_id, name, welcome)), None)


def _is_free(scene: Scene, folder_id: NodeId, name: str, welcome: set[NodeId]) -> bool:
    keys = name_keys(folder_id, name)
    scene.need(*keys)
    occupants = (scene.row(key, object) for key in keys)
    return all(occupant is None or getattr(occupant, "id", None) in welcome for occupant in occupants)
