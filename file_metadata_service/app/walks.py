"""Finding nodes in a tree: what is below a trashed folder does not exist, for anybody and anything."""

from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.errors import NodeNotFound, NotAFile, NotAFolder
from file_metadata_service.domain.ids import Actor, NodeId, root_of
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.rights import Right, demand

ROOT_WORD = "root"
ID_MAX_CHARACTERS = 128
NOT_THERE = "There is no such item."


def real_id(tree: Tree, node_id: str) -> NodeId:
    """`root` is the caller's own. Raises NodeNotFound for what cannot be an id."""
    if not 0 < len(node_id) <= ID_MAX_CHARACTERS:
        raise NodeNotFound(NOT_THERE)
    return root_of(tree.drive.id) if node_id == ROOT_WORD else NodeId(node_id)


def chain(tree: Tree, folder_id: NodeId) -> tuple[Folder, ...]:
    """From the root down to the folder, itself included. Raises NodeNotFound if any of it is gone or
    trashed.
    """
    upwards: list[Folder] = []
    folder = tree.folder(folder_id)
    seen = set[NodeId]()
    while folder is not None and folder.trashed_at_ms is None and folder.id not in seen:
        upwards.append(folder)
        if folder.parent_id is None:
            return tuple(reversed(upwards))
        seen.add(folder.id)
        folder = tree.folder(folder.parent_id)
    raise NodeNotFound(NOT_THERE)


def turns_in_circles(tree: Tree, folder_id: NodeId, node_id: NodeId) -> bool:
    """Does the way up from the folder lead to that node, or round and round? False where it ends for another
    reason.
    """
    folder = tree.folder(folder_id)
    seen = {node_id}
    while folder is not None and folder.trashed_at_ms is None:
        if folder.id in seen:
            return True
        seen.add(folder.id)
        folder = tree.folder(folder.parent_id) if folder.parent_id is not None else None
    return False


def living(tree: Tree, node_id: NodeId, actor: Actor, right: Right) -> tuple[Node, tuple[Folder, ...]]:
    """The node and its ancestors, from the root down to the parent. Raises NodeNotFound."""
    demand(actor, tree.drive.id, right)
    node = tree.node(node_id)
    if node is None or node.trashed_at_ms is not None:
        raise NodeNotFound(NOT_THERE)
    return node, chain(tree, node.parent_id) if node.parent_id is not None else ()


def living_folder(tree: Tree, folder_id: NodeId, actor: Actor, right: Right) -> tuple[Folder, ...]:
    """The chain down to that folder. Raises NodeNotFound, NotAFolder."""
    demand(actor, tree.drive.id, right)
    check_no_file(tree, folder_id, actor, right)
    return chain(tree, folder_id)


def check_no_file(tree: Tree, folder_id: NodeId, actor: Actor, right: Right) -> None:
    """Raises NotAFolder, or NodeNotFound for what is nothing at all. A folder may be anywhere, as yet."""
    if tree.folder(folder_id) is None:
        node, _ = living(tree, folder_id, actor, right)
        raise NotAFolder(f"{node.name} is not a folder.")


def living_file(tree: Tree, node_id: NodeId, actor: Actor, right: Right) -> File:
    """Raises NodeNotFound, NotAFile."""
    node, _ = living(tree, node_id, actor, right)
    if not isinstance(node, File):
        raise NotAFile(f"{node.name or 'The root'} is a folder.")
    return node
