"""Rename a node, move it, or both at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.placing import ConflictRule, check_depth, free_name
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living, living_folder, real_id
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
        if self.name is not None:
            check_name(self.name)

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
        before, ancestors = living(tree, real_id(tree, self.node_id), self.actor, Right.WRITE)
        before.check_revision(self.if_revision)
        if before.parent_id is None:
            raise RootIsFixed("The root folder stays where it is.")
        parent_id = before.parent_id
        if self.parent_id is not None:
            parent_id = self._new_parent(tree, before, ancestors)
        name = before.name if self.name is None else self.name
        if name != before.name or parent_id != before.parent_id:
            name = free_name(tree, parent_id, name, kind=before.kind, rule=self.rule, itself=before.id)
        return self._place(tree, before, before.placed(parent_id, name, seq=tree.seq))

    def _new_parent(self, tree: Tree, before: Node, ancestors: tuple[Folder, ...]) -> NodeId:
        parent_id = real_id(tree, self.parent_id or "")
        if parent_id == before.parent_id:
            return parent_id
        chain = living_folder(tree, parent_id, self.actor, Right.WRITE)
        if isinstance(before, Folder):
            if any(folder.id == before.id for folder in chain):
                raise WouldMakeCycle("A folder cannot lie below itself.")
            check_depth(chain)
        return parent_id

    def _place(self, tree: Tree, before: Node, after: Node) -> Node:
        if isinstance(after, Folder):
            tree.drive = tree.drive.rearranged()
        tree.drop_entry(before)
        tree.set_entry(after)
        tree.set_node(after, self.actor)
        return after
