"""Jobs over gRPC."""

from api_gateway.adapters.rpc.nodes import SECONDS
from api_gateway.adapters.rpc.translation import METADATA_CONFLICTS, moment, node_of, position_text
from api_gateway.domain.identity import Caller
from api_gateway.domain.jobs import Job, JobError, JobPage
from api_gateway.domain.nodes import At, Conflict, Node
from chassis.rpc.channels import ServiceChannel
from stowage.metadata.v1 import jobs_pb2 as pb
from stowage.metadata.v1.jobs_pb2_grpc import JobServiceStub


class RpcJobs:
    """Implements ports.jobs.Jobs."""

    def __init__(self, metadata: ServiceChannel) -> None:
        self._copy = metadata.unary(
            lambda it: JobServiceStub(it).CopyNode, timeout_seconds=SECONDS, idempotent=True
        )
        self._delete = metadata.unary(
            lambda it: JobServiceStub(it).DeleteForEver, timeout_seconds=SECONDS, idempotent=True
        )
        self._empty = metadata.unary(
            lambda it: JobServiceStub(it).EmptyTrash, timeout_seconds=SECONDS, idempotent=True
        )
        self._list = metadata.unary(
            lambda it: JobServiceStub(it).ListJobs, timeout_seconds=SECONDS, idempotent=True
        )
        self._get = metadata.unary(
            lambda it: JobServiceStub(it).GetJob, timeout_seconds=SECONDS, idempotent=True
        )
        self._cancel = metadata.unary(
            lambda it: JobServiceStub(it).CancelJob, timeout_seconds=SECONDS, idempotent=True
        )

    async def copy(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        parent_id: str,
        name: str | None,
        conflict: Conflict,
    ) -> At[Node] | Job:
        request = pb.CopyNodeRequest(
            command_id=command_id,
            node_id=node_id,
            parent_id=parent_id,
            name=name,
            conflict=METADATA_CONFLICTS[conflict],
        )
        answer = await self._copy(request, drive_id=caller.account_id)
        if answer.HasField("job"):
            return _job_of(answer.job)
        return At(node_of(answer.node), position_text(answer.position))

    async def delete_for_ever(self, caller: Caller, node_id: str, *, command_id: str) -> Job:
        request = pb.DeleteForEverRequest(command_id=command_id, node_id=node_id)
        return _job_of((await self._delete(request, drive_id=caller.account_id)).job)

    async def empty_trash(self, caller: Caller, *, command_id: str) -> Job:
        request = pb.EmptyTrashRequest(command_id=command_id)
        return _job_of((await self._empty(request, drive_id=caller.account_id)).job)

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> JobPage:
        request = pb.ListJobsRequest(limit=limit, cursor=cursor)
        answer = await self._list(request, drive_id=caller.account_id)
        return JobPage(tuple(map(_job_of, answer.items)), answer.next_cursor or None)

    async def get(self, caller: Caller, job_id: str) -> Job:
        return _job_of((await self._get(pb.GetJobRequest(job_id=job_id), drive_id=caller.account_id)).job)

    async def cancel(self, caller: Caller, job_id: str) -> Job:
        request = pb.CancelJobRequest(job_id=job_id)
        return _job_of((await self._cancel(request, drive_id=caller.account_id)).job)


def _job_of(message: pb.Job) -> Job:
    return Job(
        message.id,
        message.kind,
        message.state,
        message.done,
        message.total if message.HasField("total") else None,
        moment(message.created_at_ms),
        moment(message.ended_at_ms) if message.HasField("ended_at_ms") else None,
        message.cancelling,
        JobError(message.error_code, message.error_detail) if message.error_code else None,
        message.node_id or None,
    )
