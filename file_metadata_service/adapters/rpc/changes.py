"""What each message that asks for a change means; the same whether it comes alone or among others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.errors import DomainError, InvalidArgument
from file_metadata_service.adapters.rpc import messages
from file_metadata_service.app.change_tree import Caller, ChangeTree
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.create_folder import CreateFolder
from file_metadata_service.app.restore_node import RestoreNode
from file_metadata_service.app.together import AnyStep, Together
from file_metadata_service.app.trash_node import TrashNode
from file_metadata_service.app.update_node import UpdateNode
from file_metadata_service.domain.errors import StepRefused
from file_metadata_service.domain.ids import Actor, NodeId
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.trash import TrashItem
from stowage.metadata.v1 import batch_pb2 as batch
from stowage.metadata.v1 import metadata_pb2 as pb


@dataclass(frozen=True, slots=True)
class Changes:
    """Each raises what its use case raises."""

    change: ChangeTree

    async def create_folder(self, request: pb.CreateFolderRequest) -> Landed[Folder]:
        caller = messages.caller(request.command_id, request)
        step = _creating(caller.actor, self.change.new_folder_id(caller), request)
        return await self.change.submit(caller, step)

    async def update_node(self, request: pb.UpdateNodeRequest) -> Landed[Node]:
        caller = messages.caller(request.command_id, request)
        return await self.change.submit(caller, _updating(caller.actor, request))

    async def trash_node(self, request: pb.TrashNodeRequest) -> Landed[TrashItem]:
        caller = messages.caller(request.command_id, request)
        return await self.change.submit(
            caller, _trashing(caller.actor, request, self.change.trash_retention_ms)
        )

    async def restore_node(self, request: pb.RestoreNodeRequest) -> Landed[Node]:
        caller = messages.caller(request.command_id, request)
        return await self.change.submit(caller, _restoring(caller.actor, request))

    async def together(self, request: batch.RunTogetherRequest) -> Landed[tuple[Node | TrashItem, ...]]:
        """Raises StepRefused."""
        caller = messages.caller(request.command_id, request)
        steps = tuple(self._step(caller, index, step) for index, step in enumerate(request.steps))
        return await self.change.submit(caller, Together(steps))

    def _step(self, caller: Caller, index: int, step: batch.Command) -> AnyStep:
        try:
            way = way_of(step)
            if way == "create_folder":
                node_id = self.change.new_folder_id(caller, index)
                return _creating(caller.actor, node_id, step.create_folder)
            if way == "trash_node":
                return _trashing(caller.actor, step.trash_node, self.change.trash_retention_ms)
            if way not in _STEPS:
                raise InvalidArgument("This cannot be done together with others.")
            return _STEPS[way](caller.actor, getattr(step, way))
        except DomainError as refusal:
            raise StepRefused(index, refusal) from refusal


def way_of(command: batch.Command) -> str:
    """The name in the oneof. Raises InvalidArgument."""
    way = command.WhichOneof("request")
    if way is None:
        raise InvalidArgument("The command is missing, or newer than this server.")
    return way


def _creating(actor: Actor, node_id: NodeId, request: pb.CreateFolderRequest) -> CreateFolder:
    return CreateFolder(
        actor=actor,
        node_id=node_id,
        parent_id=request.parent_id,
        name=request.name,
        rule=messages.conflict_rule(request.conflict),
    )


def _updating(actor: Actor, request: pb.UpdateNodeRequest) -> UpdateNode:
    return UpdateNode(
        actor=actor,
        node_id=NodeId(request.node_id),
        name=request.name if request.HasField("name") else None,
        parent_id=request.parent_id if request.HasField("parent_id") else None,
        rule=messages.conflict_rule(request.conflict),
        if_revision=request.if_revision if request.HasField("if_revision") else None,
    )


def _trashing(actor: Actor, request: pb.TrashNodeRequest, retention_ms: int) -> TrashNode:
    return TrashNode(
        actor=actor,
        node_id=NodeId(request.node_id),
        if_revision=request.if_revision if request.HasField("if_revision") else None,
        retention_ms=retention_ms,
    )


def _restoring(actor: Actor, request: pb.RestoreNodeRequest) -> RestoreNode:
    return RestoreNode(
        actor=actor,
        node_id=NodeId(request.node_id),
        parent_id=request.parent_id if request.HasField("parent_id") else None,
        name=request.name if request.HasField("name") else None,
        rule=messages.conflict_rule(request.conflict),
    )


_STEPS: Mapping[str, Callable[[Actor, Any], AnyStep]] = {
    "update_node": _updating,
    "restore_node": _restoring,
}
