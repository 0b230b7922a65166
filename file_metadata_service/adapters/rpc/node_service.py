"""NodeService: people's requests, through the gateway."""

from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from file_metadata_service.adapters.rpc import messages
from file_metadata_service.adapters.rpc.changes import Changes
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.nodes import File, Folder
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.metadata.v1.metadata_pb2_grpc import NodeServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"


class NodeRpc(NodeServiceServicer):
    """From messages to use cases and back; whatever these raise is translated by the server."""

    def __init__(self, use_cases: UseCases) -> None:
        self._use = use_cases
        self._changes = Changes(use_cases.change)

    async def GetDrive(self, request: pb.GetDriveRequest, context: Context) -> pb.GetDriveResponse:
        drive = await self._use.get_drive(messages.actor(), messages.seen(request.seen))
        return pb.GetDriveResponse(drive=messages.drive(drive), position=messages.position(drive.position))

    async def GetNode(self, request: pb.GetNodeRequest, context: Context) -> pb.GetNodeResponse:
        found = await self._use.get_node(messages.actor(), request.node_id, messages.seen(request.seen))
        return pb.GetNodeResponse(
            node=messages.node(found.node),
            ancestors=messages.ancestors(found.ancestors) if request.with_ancestors else (),
            position=messages.position(found.position),
        )

    async def ResolvePath(self, request: pb.ResolvePathRequest, context: Context) -> pb.ResolvePathResponse:
        found = await self._use.resolve_path(messages.actor(), request.segments, messages.seen(request.seen))
        return pb.ResolvePathResponse(
            node=messages.node(found.node),
            ancestors=messages.ancestors(found.ancestors),
            position=messages.position(found.position),
        )

    async def ListEntries(self, request: pb.ListEntriesRequest, context: Context) -> pb.ListEntriesResponse:
        page = await self._use.list_folder(
            messages.actor(),
            request.folder_id,
            order=messages.order(request),
            limit=request.limit,
            cursor=request.cursor,
            seen=messages.seen(request.seen),
        )
        return pb.ListEntriesResponse(
            folder_id=page.folder_id,
            nodes=page.nodes,
            next_cursor=page.next_cursor,
            position=messages.position(page.position),
        )

    async def CreateFolder(self, request: pb.CreateFolderRequest, context: Context) -> pb.NodeResponse:
        return _node_response(await self._changes.create_folder(request))

    async def UpdateNode(self, request: pb.UpdateNodeRequest, context: Context) -> pb.NodeResponse:
        return _node_response(await self._changes.update_node(request))

    async def TrashNode(self, request: pb.TrashNodeRequest, context: Context) -> pb.TrashNodeResponse:
        landed = await self._changes.trash_node(request)
        return pb.TrashNodeResponse(
            item=messages.trash_item(landed.result), position=messages.position(landed.position)
        )

    async def RestoreNode(self, request: pb.RestoreNodeRequest, context: Context) -> pb.NodeResponse:
        return _node_response(await self._changes.restore_node(request))

    async def ListTrash(self, request: pb.ListTrashRequest, context: Context) -> pb.ListTrashResponse:
        page = await self._use.list_trash(
            messages.actor(), limit=request.limit, cursor=request.cursor, seen=messages.seen(request.seen)
        )
        return pb.ListTrashResponse(
            items=map(messages.trash_item, page.items),
            next_cursor=page.next_cursor,
            position=messages.position(page.position),
        )


def _node_response(landed: Landed[Folder] | Landed[File] | Landed[Folder | File]) -> pb.NodeResponse:
    return pb.NodeResponse(node=messages.node(landed.result), position=messages.position(landed.position))
