"""Taking the top of a tree out of everybody's reach, for ever: what its removal begins with.

A node that was taken out is trashed, without a place in the trash, and hangs where its job says (`removal_place`).
"""

from dataclasses import dataclass, replace

from file_metadata_service.app.commands import Answer
from file_metadata_service.app.copy_plan import CopyPlan
from file_metadata_service.app.restore_node import NOT_IN_TRASH
from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.jobs import JobId, removal_place, staging_place
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import folder_key, trash_key


@dataclass(frozen=True, slots=True)
class TakeOutStaged:
    """What a copy made so far."""

    plan: CopyPlan

    def __call__(self, tree: Tree) -> Answer[tuple[Folder | None, bool]]:
        """The top, None if there is none (any more), and whether it has been placed: then it is left alone."""
        plan = self.plan
        tree.need(folder_key(plan.top_id))
        top = tree.folder(plan.top_id)
        if top is None or top.parent_id == removal_place(plan.job_id):
            return Answer((top, False), tree.seq)
        if top.parent_id != staging_place(plan.job_id):
            return Answer((top, True), tree.seq)
        gone = replace(top.trashed(at_ms=tree.now_ms, seq=tree.seq), parent_id=removal_place(plan.job_id))
        tree.drive = tree.drive.rearranged()
        tree.set_node(gone, plan.actor)
        return Answer((gone, False), tree.seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOutTrashed:
    """From the trash: from here on it cannot be restored. `trashed_at_ms`: of which deletion, if that matters."""

    job_id: JobId
    actor: Actor
    node_id: NodeId
    trashed_at_ms: int | None = None

    def __call__(self, tree: Tree) -> Answer[Node]:
        """Harmless to repeat. Raises NodeNotFound: it was restored, or is gone already."""
        node = tree.node(self.node_id)
        if node is None or node.trashed_at_ms is None:
            raise NodeNotFound(NOT_IN_TRASH)
        if node.parent_id == removal_place(self.job_id):
            return Answer(node, node.seq)
        place = trash_key(tree.drive.id, node.trashed_at_ms, node.id)
        item = tree.row(place, TrashItem)
        if item is None or self.trashed_at_ms not in (None, item.trashed_at_ms):
            raise NodeNotFound(NOT_IN_TRASH)
        gone = replace(node, parent_id=removal_place(self.job_id), seq=tree.seq)
        if isinstance(gone, Folder):
            tree.drive = tree.drive.rearranged()
        tree.drive = tree.drive.untrashing(item.size_bytes)
        tree.drop(place)
        tree.set_node(gone, self.actor)
        return Answer(gone, tree.seq)
