"""BatchService: many changes of one person at once, through the gateway."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from chassis.errors import InvalidArgument
from file_metadata_service.adapters.rpc import messages
from file_metadata_service.adapters.rpc.changes import Changes
from file_metadata_service.adapters.rpc.single_refusals import check_many, refused
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.trash import TrashItem
from stowage.metadata.v1 import batch_pb2 as pb
from stowage.metadata.v1.batch_pb2_grpc import BatchServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"


class BatchRpc(BatchServiceServicer):
    """All commands are submitted in one breath, so that they share groups."""

    def __init__(self, use_cases: UseCases) -> None:
        changes = Changes(use_cases.change)
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

    async def _result(self, command: pb.Command) -> pb.CommandResult:
        try:
            landed = await self._run(command)
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not take the others' answers along
            return pb.CommandResult(refusal=refused(error))
        result, position = landed.result, messages.position(landed.position)
        if isinstance(result, TrashItem):
            return pb.CommandResult(trash_item=messages.trash_item(result), position=position)
        return pb.CommandResult(node=messages.node(result), position=position)

    async def _run(self, command: pb.Command) -> Landed[Any]:
        way = command.WhichOneof("request")
        if way is None:
            raise InvalidArgument("The command is missing, or newer than this server.")
        return await self._ways[way](getattr(command, way))
