"""Take a node out of the trash."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.placing import ConflictRule, check_depth, free_name
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import NOT_THERE, living_folder, real_id
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.names import check_name
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.rights import Right, demand
from file_metadata_service.ports.ledger import Key, trash_key


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreNode:
    """`parent_id` None: to where it was, or to the nearest living ancestor of that place."""

    actor: Actor
    node_id: NodeId
    parent_id: str | None
    name: str | None
    rule: ConflictRule

    def __post_init__(self) -> None:
        if self.name is not None:
            check_name(self.name)

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        return tree.node_keys(real_id(tree, self.node_id))

    def __call__(self, tree: Tree) -> Node:
        """Raises NodeNotFound, NotAFolder, NameInvalid, NameTaken, TooDeep."""
        demand(self.actor, tree.drive.id, Right.WRITE)
        before = tree.node(self.node_id)
        if before is None or before.trashed_at_ms is None:
            raise NodeNotFound("There is no such item in the trash.")
        target_id = self._target(tree, before)
        chain = living_folder(tree, target_id, self.actor, Right.WRITE)
        if isinstance(before, Folder):
            check_depth(chain)
        name = before.name if self.name is None else self.name
        name = free_name(tree, target_id, name, kind=before.kind, rule=self.rule)
        return self._place(tree, before, before.restored(target_id, name, seq=tree.seq))

    def _target(self, tree: Tree, before: Node) -> NodeId:
        if self.parent_id is not None:
            return real_id(tree, self.parent_id)
        if before.parent_id is None:
            raise NodeNotFound(NOT_THERE)
        return nearest_living(tree, before.parent_id)

    def _place(self, tree: Tree, before: Node, after: Node) -> Node:
        assert before.trashed_at_ms is not None
        if isinstance(after, Folder):
            tree.drive = tree.drive.rearranged()
        tree.set_node(after, self.actor)
        tree.set_entry(after)
        place = trash_key(tree.drive.id, before.trashed_at_ms, before.id)
        # A node that says it is in the trash has its row there: no need to read it.
        tree.derive(place, before)
        tree.drop(place)
        return after


def nearest_living(tree: Tree, folder_id: NodeId) -> NodeId:
    """The folder if its whole chain lives, else where the topmost trashed one was; the root at worst."""
    nearest = folder_id
    folder = tree.folder(folder_id)
    while folder is not None and folder.parent_id is not None:
        if folder.trashed_at_ms is not None:
            nearest = folder.parent_id
        folder = tree.folder(folder.parent_id)
    return nearest if folder is not None else tree.drive.root.id
