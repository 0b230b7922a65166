"""Move a node, with all that is below it, to the trash."""

from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import living, real_id
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.nodes import Folder, Node
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

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        return tree.node_keys(real_id(tree, self.node_id))

    def __call__(self, tree: Tree) -> TrashItem:
        """Raises NodeNotFound, RootIsFixed, RevisionStale."""
        before, ancestors = living(tree, real_id(tree, self.node_id), self.actor, Right.WRITE)
        before.check_revision(self.if_revision)
        after = before.trashed(at_ms=tree.now_ms, seq=tree.seq)
        item = TrashItem(
            node=after,
            original_path=path_of(ancestors, before),
            trashed_at_ms=tree.now_ms,
            expires_at_ms=tree.now_ms + RETENTION_MS,
        )
        if isinstance(after, Folder):
            tree.drive = tree.drive.rearranged()
        tree.drop_entry(before)
        tree.set_node(after, self.actor)
        tree.create(trash_key(tree.drive.id, tree.now_ms, after.id), item)
        return item


def path_of(ancestors: tuple[Folder, ...], node: Node) -> str:
    """`/films/big.mkv`, or what fits of its end behind `…`: a path has no limit, but the row that holds it has."""
    path = "/".join((*(folder.name for folder in ancestors), node.name))
    if len(path) <= PATH_MAX_CHARACTERS:
        return path
    end = path[1 - PATH_MAX_CHARACTERS :]
    return "…" + end[end.index("/") :]
