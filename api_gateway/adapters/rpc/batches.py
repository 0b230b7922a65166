"""Many changes at once, over gRPC. Every call goes to the instance that owns the drive."""

from collections.abc import Sequence

from api_gateway.adapters.rpc.translation import METADATA_CONFLICTS, node_of, position_text, trash_item_of
from api_gateway.domain.batches import (
    Done,
    FolderCreation,
    NodeRestoration,
    NodeTrashing,
    NodeUpdate,
    Operation,
    Outcome,
)
from api_gateway.domain.errors import StepRefused
from api_gateway.domain.identity import Caller
from chassis.errors import DomainError
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.errors import refusal_of
from stowage.metadata.v1 import batch_pb2 as pb
from stowage.metadata.v1 import metadata_pb2 as metadata
from stowage.metadata.v1.batch_pb2_grpc import BatchServiceStub

# A hundred commands are a few transactions, behind what else waits for the drive.
BATCH_SECONDS = 15.0
SECONDS = 5.0


class RpcBatches:
    """Implements ports.batches.Batches."""

    def __init__(self, metadata: ServiceChannel) -> None:
        self._run = metadata.unary(
            lambda it: BatchServiceStub(it).Run, timeout_seconds=BATCH_SECONDS, idempotent=True
        )
        self._run_together = metadata.unary(
            lambda it: BatchServiceStub(it).RunTogether, timeout_seconds=SECONDS, idempotent=True
        )

    async def run(self, caller: Caller, commands: Sequence[tuple[str, Operation]]) -> tuple[Outcome, ...]:
        request = pb.RunRequest(commands=[_command(each, command_id) for command_id, each in commands])
        answer = await self._run(request, drive_id=caller.account_id)
        return tuple(map(_outcome, answer.results))

    async def run_together(
        self, caller: Caller, steps: Sequence[Operation], *, command_id: str
    ) -> tuple[Done, ...]:
        request = pb.RunTogetherRequest(command_id=command_id, steps=[_command(step) for step in steps])
        answer = await self._run_together(request, drive_id=caller.account_id)
        if answer.HasField("refused"):
            raise StepRefused(answer.refused.step, _refusal(answer.refused.refusal))
        return tuple(map(_done, answer.results))


def _command(operation: Operation, command_id: str = "") -> pb.Command:
    match operation:
        case FolderCreation(parent_id, name, conflict):
            creation = metadata.CreateFolderRequest(
                command_id=command_id, parent_id=parent_id, name=name, conflict=METADATA_CONFLICTS[conflict]
            )
            return pb.Command(create_folder=creation)
        case NodeUpdate(node_id, name, parent_id, conflict, if_revision):
            update = metadata.UpdateNodeRequest(
                command_id=command_id,
                node_id=node_id,
                name=name,
                parent_id=parent_id,
                conflict=METADATA_CONFLICTS[conflict],
                if_revision=if_revision,
            )
            return pb.Command(update_node=update)
        case NodeTrashing(node_id, if_revision):
            trashing = metadata.TrashNodeRequest(
                command_id=command_id, node_id=node_id, if_revision=if_revision
            )
            return pb.Command(trash_node=trashing)
        case NodeRestoration(node_id, parent_id, name, conflict):
            restoration = metadata.RestoreNodeRequest(
                command_id=command_id,
                node_id=node_id,
                parent_id=parent_id,
                name=name,
                conflict=METADATA_CONFLICTS[conflict],
            )
            return pb.Command(restore_node=restoration)


def _outcome(result: pb.CommandResult) -> Outcome:
    return _refusal(result.refusal) if result.HasField("refusal") else _done(result)


def _done(result: pb.CommandResult) -> Done:
    position = position_text(result.position)
    if result.HasField("trash_item"):
        return Done(trash_item_of(result.trash_item), position)
    return Done(node_of(result.node), position)


def _refusal(message: metadata.Refusal) -> DomainError:
    retry_after = message.retry_after_ms / 1000 if message.HasField("retry_after_ms") else None
    return refusal_of(message.kind, message.code, message.detail, retry_after_seconds=retry_after)
