"""BatchService: many changes of one person at once, through the gateway."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from file_metadata_service.adapters.rpc import messages
from file_metadata_service.adapters.rpc.changes import Changes, way_of
from file_metadata_service.adapters.rpc.single_refusals import check_many, refused
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.errors import StepRefused
from file_metadata_service.domain.ids import Position
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.trash import TrashItem
from stowage.metadata.v1 import batch_pb2 as pb
from stowage.metadata.v1.batch_pb2_grpc import BatchServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"


class BatchRpc(BatchServiceServicer):
    """All commands are submitted in one breath, so that they share groups."""

    def __init__(self, use_cases: UseCases) -> None:
        changes = self._changes = Changes(use_cases.change)
        # By the name in the oneof.
        self._ways: Mapping[str, Callable[[Any], Awaitable[Landed[Any]]]] = {
            "create_folder": changes.create_folder,
            "update_node": changes.update_node,
            "trash_node": changes.trash_node,
            "restore_node": changes.restore_node,
        }

    async def Run(self, request: pb.RunRequest, context: Context) -> pb.RunResponse:
        check_many(request.commands)
        return pb.RunResponse(results=await asyncio.gather(*map(self._result, request.commands)))

    async def RunTogether(self, request: pb.RunTogetherRequest, context: Context) -> pb.RunTogetherResponse:
        try:
            landed = await self._changes.together(request)
        except StepRefused as error:
            refused = pb.RunTogetherResponse.RefusedStep(step=error.index, refusal=messages.refusal(error))
            return pb.RunTogetherResponse(refused=refused)
        return pb.RunTogetherResponse(results=(_done(each, landed.position) for each in landed.result))

    async def _result(self, command: pb.Command) -> pb.CommandResult:
        try:
            way = way_of(command)
            landed = await self._ways[way](getattr(command, way))
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not take the others' answers along
            return pb.CommandResult(refusal=refused(error))
        return _done(landed.result, landed.position)


def _done(result: Node | TrashItem, position: Position) -> pb.CommandResult:
    at = messages.position(position)
    if isinstance(result, TrashItem):
        return pb.CommandResult(trash_item=messages.trash_item(result), position=at)
    return pb.CommandResult(node=messages.node(result), position=at)
