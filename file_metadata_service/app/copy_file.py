"""Copy a file: no bytes move, its blob is referred to once more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from file_metadata_service.app.placing import ConflictRule, free_name
from file_metadata_service.app.references import take
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living_file, living_folder, real_id
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.names import NodeKind, check_name
from file_metadata_service.domain.nodes import File, Folder, new_file
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import Key, file_key, folder_key, name_keys


def copied(node_id: NodeId, source: File, parent: Folder, name: str, *, seq: int, at_ms: int) -> File:
    """The same content, as old as it is, in a new file, without the versions before it."""
    version = replace(source.current, number=1, kept=False)
    return replace(new_file(node_id, parent, name, version, seq=seq), created_at_ms=at_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFile:
    """`node_id`: the one that the command gives the copy. `name` None: the source's. In full in the drive's quota."""

    actor: Actor
    node_id: NodeId
    source_id: str
    parent_id: str
    name: str | None
    rule: ConflictRule

    def __post_init__(self) -> None:
        if self.name is not None:
            check_name(self.name)

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        parent_id = real_id(tree, self.parent_id)
        names = () if self.name is None else name_keys(parent_id, self.name)
        return (*tree.node_keys(real_id(tree, self.source_id)), folder_key(parent_id), *names)

    def __call__(self, tree: Tree) -> File:
        """Raises NodeNotFound, NotAFile, NotAFolder, NameTaken, QuotaExceeded."""
        source = living_file(tree, real_id(tree, self.source_id), self.actor, Right.READ)
        parent = living_folder(tree, real_id(tree, self.parent_id), self.actor, Right.WRITE)[-1]
        wanted = source.name if self.name is None else self.name
        name = free_name(tree, parent.id, wanted, kind=NodeKind.FILE, rule=self.rule)
        take(tree, source.current.blob_id)
        tree.drive = tree.drive.storing(source.current.size_bytes, new_files=1)
        copy = copied(self.node_id, source, parent, name, seq=tree.seq, at_ms=tree.now_ms)
        tree.create(file_key(copy.id), copy)
        tree.set_node(copy, self.actor)
        tree.set_entry(copy)
        return copy
