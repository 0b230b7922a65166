"""Take a node out of the trash."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.placing import ConflictRule, check_depth, check_no_replacing, free_name
from file_metadata_service.app.steps import alone
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_folder, real_id
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.names import check_name
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.rights import Right, demand
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import Key, trash_key

NOT_IN_TRASH = "There is no such item in the trash."


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreNode:
    """`parent_id` None: to where it was, or to the nearest living ancestor of that place."""

    actor: Actor
    node_id: NodeId
    parent_id: str | None
    name: str | None
    rule: ConflictRule

    def __post_init__(self) -> None:
        check_no_replacing(self.rule)
        if self.name is not None:
            check_name(self.name)

    @property
    def comes_last(self) -> bool:
        return self.rule is ConflictRule.RENAME

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        return tree.node_keys(real_id(tree, self.node_id))

    def __call__(self, tree: Tree) -> Node:
        """Raises NodeNotFound, NotAFolder, NameInvalid, NameTaken, TooDeep."""
        return alone(self, tree)

    def find(self, tree: Tree) -> Node:
        demand(self.actor, tree.drive.id, Right.WRITE)
        before = tree.node(self.node_id)
        if before is None or before.trashed_at_ms is None:
            raise NodeNotFound(NOT_IN_TRASH)
        if self._item(tree, before) is None:
            # It is being removed for ever.
            raise NodeNotFound(NOT_IN_TRASH)
        return before

    def leave(self, tree: Tree, before: Node) -> None:
        assert before.trashed_at_ms is not None
        assert before.parent_id is not None
        if isinstance(before, Folder):
            tree.drive = tree.drive.rearranged()
        parent_id = before.parent_id if self.parent_id is None else real_id(tree, self.parent_id)
        self._set(tree, before, parent_id, before.name if self.name is None else self.name)
        item = self._item(tree, before)
        assert item is not None, "it was found"
        tree.drive = tree.drive.untrashing(item.size_bytes)
        tree.drop(trash_key(tree.drive.id, before.trashed_at_ms, before.id))

    def settle(self, tree: Tree, before: Node) -> bool:
        if self.parent_id is not None:
            return False
        assert before.parent_id is not None
        now = tree.now(before)
        nearest = nearest_living(tree, before.parent_id)
        if nearest == now.parent_id:
            return False
        self._set(tree, before, nearest, now.name)
        return True

    def arrive(self, tree: Tree, before: Node) -> Node:
        now = tree.now(before)
        assert now.parent_id is not None
        chain = living_folder(tree, now.parent_id, self.actor, Right.WRITE)
        if isinstance(before, Folder):
            check_depth(chain)
        name = free_name(tree, now.parent_id, now.name, kind=before.kind, rule=self.rule)
        after = now if name == now.name else self._set(tree, before, now.parent_id, name)
        tree.set_entry(after)
        return after

    def _item(self, tree: Tree, before: Node) -> TrashItem | None:
        assert before.trashed_at_ms is not None
        return tree.row(trash_key(tree.drive.id, before.trashed_at_ms, before.id), TrashItem)

    def _set(self, tree: Tree, before: Node, parent_id: NodeId, name: str) -> Node:
        after = before.restored(parent_id, name, seq=tree.seq)
        tree.set_node(after, self.actor)
        return after


def nearest_living(tree: Tree, folder_id: NodeId) -> NodeId:
    """The folder if its whole chain lives, else where the topmost trashed one was; the root at worst."""
    nearest = folder_id
    folder = tree.folder(folder_id)
    seen = set[NodeId]()
    while folder is not None and folder.parent_id is not None and folder.id not in seen:
        seen.add(folder.id)
        if folder.trashed_at_ms is not None:
            nearest = folder.parent_id
        folder = tree.folder(folder.parent_id)
    return nearest if folder is not None else tree.drive.root.id
