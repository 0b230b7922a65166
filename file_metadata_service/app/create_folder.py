"""Create a folder."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.placing import ConflictRule, check_depth, check_no_replacing, free_name
from file_metadata_service.app.steps import alone
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_folder, real_id
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.names import NodeKind, check_name
from file_metadata_service.domain.nodes import Folder, new_folder
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import Key, folder_key, name_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFolder:
    """`node_id` is the one that the command gives it, `parent_id` may be the word `root`."""

    actor: Actor
    node_id: NodeId
    parent_id: str
    name: str
    rule: ConflictRule

    def __post_init__(self) -> None:
        check_no_replacing(self.rule)
        check_name(self.name)

    @property
    def comes_last(self) -> bool:
        return self.rule is ConflictRule.RENAME

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        parent_id = real_id(tree, self.parent_id)
        return (folder_key(parent_id), *name_keys(parent_id, self.name))

    def __call__(self, tree: Tree) -> Folder:
        """Raises NodeNotFound, NotAFolder, NameInvalid, NameTaken, TooDeep."""
        return alone(self, tree)

    def find(self, tree: Tree) -> None:
        """There was nothing."""

    def leave(self, tree: Tree, before: None) -> None:
        """It comes from nowhere."""

    def settle(self, tree: Tree, before: None) -> bool:
        return False

    def arrive(self, tree: Tree, before: None) -> Folder:
        chain = living_folder(tree, real_id(tree, self.parent_id), self.actor, Right.WRITE)
        check_depth(chain)
        parent = chain[-1]
        name = free_name(tree, parent.id, self.name, kind=NodeKind.FOLDER, rule=self.rule)
        folder = new_folder(self.node_id, parent, name, at_ms=tree.now_ms, seq=tree.seq)
        tree.create(folder_key(folder.id), folder)
        tree.set_node(folder, self.actor)
        tree.set_entry(folder)
        return folder
