"""The trash over gRPC."""

from api_gateway.adapters.rpc.nodes import SECONDS
from api_gateway.adapters.rpc.translation import (
    METADATA_CONFLICTS,
    node_of,
    position_text,
    seen_by,
    trash_item_of,
)
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, Conflict, Node, TrashItem, TrashPage
from chassis.rpc.channels import ServiceChannel
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.metadata.v1.metadata_pb2_grpc import NodeServiceStub


class RpcTrash:
    """Implements ports.trash.Trash."""

    def __init__(self, metadata: ServiceChannel) -> None:
        self._trash = metadata.unary(
            lambda it: NodeServiceStub(it).TrashNode, timeout_seconds=SECONDS, idempotent=True
        )
        self._restore = metadata.unary(
            lambda it: NodeServiceStub(it).RestoreNode, timeout_seconds=SECONDS, idempotent=True
        )
        self._list = metadata.unary(
            lambda it: NodeServiceStub(it).ListTrash, timeout_seconds=SECONDS, idempotent=True
        )

    async def put(
        self, caller: Caller, node_id: str, *, command_id: str, if_revision: int | None
    ) -> At[TrashItem]:
        request = pb.TrashNodeRequest(command_id=command_id, node_id=node_id, if_revision=if_revision)
        answer = await self._trash(request, drive_id=caller.account_id)
        return At(trash_item_of(answer.item), position_text(answer.position))

    async def restore(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        parent_id: str | None,
        name: str | None,
        conflict: Conflict,
    ) -> At[Node]:
        request = pb.RestoreNodeRequest(
            command_id=command_id,
            node_id=node_id,
            parent_id=parent_id,
            name=name,
            conflict=METADATA_CONFLICTS[conflict],
        )
        answer = await self._restore(request, drive_id=caller.account_id)
        return At(node_of(answer.node), position_text(answer.position))

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> At[TrashPage]:
        request = pb.ListTrashRequest(limit=limit, cursor=cursor, seen=seen_by(caller))
        answer = await self._list(request, drive_id=caller.account_id)
        page = TrashPage(tuple(map(trash_item_of, answer.items)), answer.next_cursor or None)
        return At(page, position_text(answer.position))
