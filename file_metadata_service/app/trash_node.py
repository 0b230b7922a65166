"""Move a node, with all that is below it, to the trash."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.steps import alone
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living, real_id
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.rights import Right
from file_metadata_service.domain.trash import RETENTION_MS, TrashItem
from file_metadata_service.ports.ledger import Key, trash_key

PATH_MAX_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashNode:
    """One small transaction, whatever is below: children know their parents, the chain breaks here."""

    actor: Actor
    node_id: NodeId
    if_revision: int | None
    retention_ms: int = RETENTION_MS

    @property
    def comes_last(self) -> bool:
        return False

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        return tree.node_keys(real_id(tree, self.node_id))

    def __call__(self, tree: Tree) -> TrashItem:
        """Raises NodeNotFound, RootIsFixed, RevisionStale."""
        return alone(self, tree)

    def find(self, tree: Tree) -> TrashItem:
        """What will stand in the trash: the node, and where it was."""
        before, ancestors = living(tree, real_id(tree, self.node_id), self.actor, Right.WRITE)
        before.check_revision(self.if_revision)
        item = TrashItem(
            node=before.trashed(at_ms=tree.now_ms, seq=tree.seq),
            original_path=path_of(ancestors, before),
            trashed_at_ms=tree.now_ms,
            expires_at_ms=tree.now_ms + self.retention_ms,
        )
        if isinstance(before, File):
            item = item.counted(size_bytes=before.current.size_bytes, node_count=1)
        return item

    def leave(self, tree: Tree, before: TrashItem) -> None:
        if isinstance(before.node, Folder):
            tree.drive = tree.drive.rearranged()
        tree.drive = tree.drive.trashing(before.size_bytes)
        tree.drop_entry(tree.now(before.node))
        tree.set_node(before.node, self.actor)

    def settle(self, tree: Tree, before: TrashItem) -> bool:
        return False

    def arrive(self, tree: Tree, before: TrashItem) -> TrashItem:
        tree.create(trash_key(tree.drive.id, tree.now_ms, before.node.id), before)
        return before


def path_of(ancestors: tuple[Folder, ...], node: Node) -> str:
    """`/films/big.mkv`, or what fits of its end behind `…`: a path has no limit, but the row that holds it has."""
    path = "/".join((*(folder.name for folder in ancestors), node.name))
    if len(path) <= PATH_MAX_CHARACTERS:
        return path
    end = path[1 - PATH_MAX_CHARACTERS :]
    return "…" + end[end.index("/") :]
