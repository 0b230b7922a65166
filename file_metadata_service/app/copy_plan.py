"""A copy in the making: which node becomes which, and what each transaction of it does.

The copy is made below a folder that hangs nowhere (`staging_place`), so that nobody sees it before it is complete;
then one small transaction puts that folder where it belongs. Ids are made of the job's and the source's: what was
written before is found there, and left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.errors import DomainError, Kind
from file_metadata_service.app.commands import Answer
from file_metadata_service.app.copy_file import copied
from file_metadata_service.app.placing import ConflictRule, check_depth, free_name
from file_metadata_service.app.references import take
from file_metadata_service.app.tree import Tree, own_key
from file_metadata_service.app.tree_walk import Visit
from file_metadata_service.app.walks import chain, living_folder, real_id
from file_metadata_service.domain.errors import BlobGone, NodeNotFound
from file_metadata_service.domain.ids import Actor, DriveId, NodeId, NodeIds
from file_metadata_service.domain.jobs import JobId, removal_place, staging_place
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.nodes import Folder, Node, new_folder
from file_metadata_service.domain.rights import Right
from file_metadata_service.ports.ledger import Key, folder_key, name_keys


class CopyClosed(DomainError):
    """The copy was placed already, or is being removed: nothing comes into it any more. Never travels to a caller."""

    kind = Kind.CONFLICT
    code = "copy_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlan:
    """`source_id`: the folder to copy."""

    job_id: JobId
    drive_id: DriveId
    actor: Actor
    source_id: NodeId
    node_ids: NodeIds

    def copy_of(self, node_id: NodeId) -> NodeId:
        """The id that the copy of a node has."""
        return self.node_ids.of("copy", self.drive_id, self.actor, f"{self.job_id} {node_id}")

    @property
    def top_id(self) -> NodeId:
        return self.copy_of(self.source_id)

    def top(self, tree: Tree) -> Folder:
        """The top of the copy while it is being made. Raises CopyClosed."""
        top = tree.folder(self.top_id)
        if top is None or top.parent_id != staging_place(self.job_id):
            raise CopyClosed
        return top

    def source(self, tree: Tree) -> Folder:
        """Raises NodeNotFound once it is not there any more."""
        return living_folder(tree, self.source_id, self.actor, Right.READ)[-1]


@dataclass(frozen=True, slots=True)
class StageTop:
    plan: CopyPlan

    def __call__(self, tree: Tree) -> Answer[int]:
        """Raises NodeNotFound, CopyClosed."""
        plan = self.plan
        key = folder_key(plan.top_id)
        tree.need(key)
        source = plan.source(tree)
        if not tree.stands(key):
            top = new_folder(plan.top_id, source, source.name, at_ms=tree.now_ms, seq=tree.seq)
            tree.create(key, top)
            tree.set_node(replace(top, parent_id=staging_place(plan.job_id)), plan.actor)
        else:
            plan.top(tree)
        return Answer(0, tree.seq)


@dataclass(frozen=True, slots=True)
class StageCopies:
    """One transaction: as many nodes as it has room for, folders before what is in them."""

    plan: CopyPlan
    visits: Sequence[Visit]

    def __call__(self, tree: Tree) -> Answer[int]:
        """How many were copied. What is not alive any more, or is there already, is passed over.

        Raises NodeNotFound if the whole source is gone, QuotaExceeded, CopyClosed.
        """
        tree.need(*self._keys())
        self.plan.top(tree)
        self.plan.source(tree)
        alive = {folder_id for folder_id in self._folders() if _lives(tree, folder_id)}
        made = [self._copy(tree, visit) for visit in self.visits if visit.node.parent_id in alive]
        return Answer(sum(made), tree.seq)

    def _folders(self) -> set[NodeId]:
        return {visit.node.parent_id for visit in self.visits if visit.node.parent_id is not None}

    def _keys(self) -> set[Key]:
        plan = self.plan
        keys = {folder_key(plan.top_id), folder_key(plan.source_id)}
        made = {visit.node.id for visit in self.visits if isinstance(visit.node, Folder)}
        for folder_id in self._folders():
            keys.add(folder_key(folder_id))
            if folder_id not in made:
                keys.add(folder_key(plan.copy_of(folder_id)))
        for visit in self.visits:
            if visit.unsure and visit.node.parent_id is not None:
                keys.update(name_keys(plan.copy_of(visit.node.parent_id), visit.node.name))
        return keys

    def _copy(self, tree: Tree, visit: Visit) -> bool:
        node = visit.node
        assert node.parent_id is not None, "the root lies below nothing"
        parent = self._parent(tree, self.plan.copy_of(node.parent_id))
        if parent is None or any(tree.stands(key) for key in name_keys(parent.id, node.name)):
            return False
        copy = self._made(tree, node, parent)
        if copy is None or tree.stands(own_key(copy)):
            return False
        tree.create(own_key(copy), copy)
        tree.set_node(copy, self.plan.actor)
        tree.set_entry(copy)
        return True

    def _parent(self, tree: Tree, folder_id: NodeId) -> Folder | None:
        key = folder_key(folder_id)
        return tree.folder(folder_id) if tree.stands(key) else None

    def _made(self, tree: Tree, node: Node, parent: Folder) -> Node | None:
        node_id = self.plan.copy_of(node.id)
        if isinstance(node, Folder):
            return new_folder(node_id, parent, node.name, at_ms=tree.now_ms, seq=tree.seq)
        copy = copied(node_id, node, parent, node.name, seq=tree.seq, at_ms=tree.now_ms)
        if tree.stands(own_key(copy)):
            return None
        try:
            take(tree, node.current.blob_id)
        except BlobGone:
            return None
        tree.drive = tree.drive.storing(node.current.size_bytes, new_files=1)
        return copy


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCopy:
    """What was made comes to light, whatever its size."""

    plan: CopyPlan
    parent_id: str
    name: str
    rule: ConflictRule

    def __call__(self, tree: Tree) -> Answer[Node]:
        """Harmless to repeat. Raises NodeNotFound, NotAFolder, NameTaken, TooDeep; CopyClosed: it is being removed."""
        plan = self.plan
        parent_id = real_id(tree, self.parent_id)
        tree.need(folder_key(plan.top_id), folder_key(parent_id), *name_keys(parent_id, self.name))
        top = tree.folder(plan.top_id)
        if top is None or top.parent_id == removal_place(plan.job_id):
            raise CopyClosed
        if top.parent_id != staging_place(plan.job_id):
            return Answer(top, top.seq)
        above = living_folder(tree, parent_id, plan.actor, Right.WRITE)
        check_depth(above)
        name = free_name(tree, parent_id, self.name, kind=NodeKind.FOLDER, rule=self.rule)
        placed = top.placed(parent_id, name, seq=tree.seq)
        tree.drive = tree.drive.rearranged()
        tree.set_node(placed, plan.actor)
        tree.set_entry(placed)
        return Answer(placed, tree.seq)


def _lives(tree: Tree, folder_id: NodeId) -> bool:
    try:
        chain(tree, folder_id)
    except NodeNotFound:
        return False
    return True
