"""What each message that asks for a change means; the same whether it comes alone or among others."""

from dataclasses import dataclass

from file_metadata_service.adapters.rpc import messages
from file_metadata_service.app.change_tree import ChangeTree
from file_metadata_service.app.commands import Landed
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.trash import TrashItem
from stowage.metadata.v1 import metadata_pb2 as pb


@dataclass(frozen=True, slots=True)
class Changes:
    """Each raises what its use case raises."""

    change: ChangeTree

    async def create_folder(self, request: pb.CreateFolderRequest) -> Landed[Folder]:
        return await self.change.create_folder(
            messages.caller(request.command_id, request),
            parent_id=request.parent_id,
            name=request.name,
            rule=messages.conflict_rule(request.conflict),
        )

    async def update_node(self, request: pb.UpdateNodeRequest) -> Landed[Node]:
        return await self.change.update_node(
            messages.caller(request.command_id, request),
            node_id=request.node_id,
            name=request.name if request.HasField("name") else None,
            parent_id=request.parent_id if request.HasField("parent_id") else None,
            rule=messages.conflict_rule(request.conflict),
            if_revision=request.if_revision if request.HasField("if_revision") else None,
        )

    async def trash_node(self, request: pb.TrashNodeRequest) -> Landed[TrashItem]:
        return await self.change.trash_node(
            messages.caller(request.command_id, request),
            node_id=request.node_id,
            if_revision=request.if_revision if request.HasField("if_revision") else None,
        )

    async def restore_node(self, request: pb.RestoreNodeRequest) -> Landed[Node]:
        return await self.change.restore_node(
            messages.caller(request.command_id, request),
            node_id=request.node_id,
            parent_id=request.parent_id if request.HasField("parent_id") else None,
            name=request.name if request.HasField("name") else None,
            rule=messages.conflict_rule(request.conflict),
        )
