"""Rename a node, move it, or both at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.placing import ConflictRule, check_depth, check_no_replacing, free_name
from file_metadata_service.app.steps import alone
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import check_no_file, living, living_folder, real_id, turns_in_circles
from file_metadata_service.domain.errors import RootIsFixed, WouldMakeCycle
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.names import check_name
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import Key, folder_key, name_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateNode:
    """None leaves the name or the parent as it is."""

    actor: Actor
    node_id: NodeId
    name: str | None
    parent_id: str | None
    rule: ConflictRule
    if_revision: int | None

    def __post_init__(self) -> None:
        check_no_replacing(self.rule)
        if self.name is not None:
            check_name(self.name)

    @property
    def comes_last(self) -> bool:
        return self.rule is ConflictRule.RENAME

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        keys = [*tree.node_keys(real_id(tree, self.node_id))]
        if self.parent_id is not None:
            parent_id = real_id(tree, self.parent_id)
            keys.append(folder_key(parent_id))
            if self.name is not None:
                keys.extend(name_keys(parent_id, self.name))
        return keys

    def __call__(self, tree: Tree) -> Node:
        """Raises NodeNotFound, NotAFolder, NameTaken, WouldMakeCycle, TooDeep, RootIsFixed, RevisionStale."""
        return alone(self, tree)

    def find(self, tree: Tree) -> Node:
        before, _ = living(tree, real_id(tree, self.node_id), self.actor, Right.WRITE)
        before.check_revision(self.if_revision)
        if before.parent_id is None:
            raise RootIsFixed("The root folder stays where it is.")
        if self.parent_id is not None:
            # As it is now: a file that itself leaves with this command could not be told from nothing.
            check_no_file(tree, real_id(tree, self.parent_id), self.actor, Right.WRITE)
        return before

    def leave(self, tree: Tree, before: Node) -> None:
        """A node that keeps its place and name keeps its entry, too, so that no other step can take it."""
        parent_id = before.parent_id if self.parent_id is None else real_id(tree, self.parent_id)
        assert parent_id is not None
        after = before.placed(parent_id, before.name if self.name is None else self.name, seq=tree.seq)
        if _place_of(after) != _place_of(before):
            tree.drop_entry(before)
        tree.set_node(after, self.actor)

    def settle(self, tree: Tree, before: Node) -> bool:
        return False

    def arrive(self, tree: Tree, before: Node) -> Node:
        after = tree.now(before)
        assert after.parent_id is not None
        if after.parent_id != before.parent_id:
            self._check_parent(tree, after, after.parent_id)
        if _place_of(after) != _place_of(before):
            name = free_name(tree, after.parent_id, after.name, kind=before.kind, rule=self.rule)
            if name != after.name:
                after = after.placed(after.parent_id, name, seq=tree.seq)
                tree.set_node(after, self.actor)
        if isinstance(after, Folder):
            tree.drive = tree.drive.rearranged()
        tree.set_entry(after)
        return after

    def _check_parent(self, tree: Tree, after: Node, parent_id: NodeId) -> None:
        if isinstance(after, Folder) and turns_in_circles(tree, parent_id, after.id):
            raise WouldMakeCycle("A folder cannot lie below itself.")
        chain = living_folder(tree, parent_id, self.actor, Right.WRITE)
        if isinstance(after, Folder):
            check_depth(chain)


def _place_of(node: Node) -> tuple[NodeId | None, str]:
    return node.parent_id, node.name
