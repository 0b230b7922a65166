"""Begin to delete what lies in the trash for ever."""

from dataclasses import dataclass

from file_metadata_service.app.change_tree import Caller
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.restore_node import NOT_IN_TRASH
from file_metadata_service.app.start_job import StartJob
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.walks import real_id
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import Actor, own_drive
from file_metadata_service.domain.jobs import Job, JobKind
from file_metadata_service.domain.rights import Right, demand
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import trash_key


@dataclass(frozen=True, slots=True)
class DeleteForEver:
    reader: Reader
    start: StartJob

    async def __call__(self, caller: Caller, node_id: str) -> Job:
        """The same command answers its job again. Raises NodeNotFound, CommandIdReused, DriveBusy,
        Unavailable.
        """
        standing = await self.start.standing(caller)
        if standing is not None:
            return standing
        drive_id = own_drive(caller.actor.account_id)
        item, _ = await self.reader.ask(drive_id, lambda tree: item_of(tree, node_id, caller.actor))
        spec = {"node_id": item.node.id, "trashed_at": str(item.trashed_at_ms)}
        return await self.start(caller, JobKind.DELETE, spec, total=item.node_count)


@dataclass(frozen=True, slots=True)
class EmptyWholeTrash:
    start: StartJob

    async def __call__(self, caller: Caller) -> Job:
        """Of what is in it now. The same command answers its job again. Raises CommandIdReused, DriveBusy,
        Unavailable.
        """
        standing = await self.start.standing(caller)
        if standing is not None:
            return standing
        spec = {"before": str(self.start.clock.now_ms())}
        return await self.start(caller, JobKind.EMPTY_TRASH, spec)


def item_of(tree: Tree, node_id: str, actor: Actor) -> TrashItem:
    """The top of a deletion. Raises NodeNotFound."""
    demand(actor, tree.drive.id, Right.WRITE)
    node = tree.node(real_id(tree, node_id))
    if node is None or node.trashed_at_ms is None:
        raise NodeNotFound(NOT_IN_TRASH)
    item = tree.row(trash_key(tree.drive.id, node.trashed_at_ms, node.id), TrashItem)
    if item is None:
        raise NodeNotFound(NOT_IN_TRASH)
    return item
