"""Drives and nodes over gRPC. Every call goes to the instance that owns the drive."""

from api_gateway.adapters.rpc.packed_nodes import unpacked
from api_gateway.adapters.rpc.translation import (
    METADATA_CONFLICTS,
    ancestors_of,
    drive_of,
    node_of,
    position_text,
    seen_by,
)
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, Conflict, Drive, Node, NodePage, PlacedNode, Sort
from chassis.rpc.channels import ServiceChannel
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.metadata.v1.metadata_pb2_grpc import NodeServiceStub

SECONDS = 5.0
_SORTS: dict[Sort, pb.SortField.ValueType] = {
    "name": pb.SORT_FIELD_NAME,
    "updated": pb.SORT_FIELD_UPDATED,
    "size": pb.SORT_FIELD_SIZE,
}


class RpcNodes:
    """Implements ports.nodes.Nodes."""

    def __init__(self, metadata: ServiceChannel) -> None:
        self._drive = metadata.unary(
            lambda it: NodeServiceStub(it).GetDrive, timeout_seconds=SECONDS, idempotent=True
        )
        self._get = metadata.unary(
            lambda it: NodeServiceStub(it).GetNode, timeout_seconds=SECONDS, idempotent=True
        )
        self._resolve = metadata.unary(
            lambda it: NodeServiceStub(it).ResolvePath, timeout_seconds=SECONDS, idempotent=True
        )
        self._list = metadata.unary(
            lambda it: NodeServiceStub(it).ListEntries, timeout_seconds=SECONDS, idempotent=True
        )
        self._create = metadata.unary(
            lambda it: NodeServiceStub(it).CreateFolder, timeout_seconds=SECONDS, idempotent=True
        )
        self._update = metadata.unary(
            lambda it: NodeServiceStub(it).UpdateNode, timeout_seconds=SECONDS, idempotent=True
        )

    async def drive(self, caller: Caller) -> At[Drive]:
        answer = await self._drive(pb.GetDriveRequest(seen=seen_by(caller)), drive_id=caller.account_id)
        return At(drive_of(answer.drive), position_text(answer.position))

    async def get(self, caller: Caller, node_id: str, *, with_ancestors: bool) -> At[PlacedNode]:
        request = pb.GetNodeRequest(node_id=node_id, with_ancestors=with_ancestors, seen=seen_by(caller))
        answer = await self._get(request, drive_id=caller.account_id)
        ancestors = ancestors_of(answer.ancestors) if with_ancestors else None
        return At(PlacedNode(node_of(answer.node), ancestors), position_text(answer.position))

    async def resolve(self, caller: Caller, segments: tuple[str, ...]) -> At[PlacedNode]:
        request = pb.ResolvePathRequest(segments=segments, seen=seen_by(caller))
        answer = await self._resolve(request, drive_id=caller.account_id)
        placed = PlacedNode(node_of(answer.node), ancestors_of(answer.ancestors))
        return At(placed, position_text(answer.position))

    async def list_folder(
        self, caller: Caller, folder_id: str, *, limit: int, cursor: str, sort: Sort, descending: bool
    ) -> At[NodePage]:
        request = pb.ListEntriesRequest(
            folder_id=folder_id,
            limit=limit,
            cursor=cursor,
            sort=_SORTS[sort],
            descending=descending,
            seen=seen_by(caller),
        )
        answer = await self._list(request, drive_id=caller.account_id)
        nodes = unpacked(answer.nodes, drive_id=answer.position.drive_id, parent_id=answer.folder_id)
        page = NodePage(nodes, answer.next_cursor or None)
        return At(page, position_text(answer.position))

    async def create_folder(
        self, caller: Caller, *, command_id: str, parent_id: str, name: str, conflict: Conflict
    ) -> At[Node]:
        request = pb.CreateFolderRequest(
            command_id=command_id, parent_id=parent_id, name=name, conflict=METADATA_CONFLICTS[conflict]
        )
        answer = await self._create(request, drive_id=caller.account_id)
        return At(node_of(answer.node), position_text(answer.position))

    async def update(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        name: str | None,
        parent_id: str | None,
        conflict: Conflict,
        if_revision: int | None,
    ) -> At[Node]:
        request = pb.UpdateNodeRequest(
            command_id=command_id,
            node_id=node_id,
            name=name,
            parent_id=parent_id,
            conflict=METADATA_CONFLICTS[conflict],
            if_revision=if_revision,
        )
        answer = await self._update(request, drive_id=caller.account_id)
        return At(node_of(answer.node), position_text(answer.position))
