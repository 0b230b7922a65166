"""JobService: what people ask for that takes its time, through the gateway."""

from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from file_metadata_service.adapters.rpc import messages
from file_metadata_service.app.copy_node import Copying
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.jobs import Job
from stowage.metadata.v1 import jobs_pb2 as pb
from stowage.metadata.v1.jobs_pb2_grpc import JobServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"


class JobRpc(JobServiceServicer):
    """From messages to use cases and back; whatever these raise is translated by the server."""

    def __init__(self, use_cases: UseCases) -> None:
        self._tree = use_cases.tree_jobs
        self._desk = use_cases.jobs

    async def CopyNode(self, request: pb.CopyNodeRequest, context: Context) -> pb.CopyNodeResponse:
        copying = Copying(
            node_id=request.node_id,
            parent_id=request.parent_id,
            name=request.name if request.HasField("name") else None,
            rule=messages.conflict_rule(request.conflict),
        )
        outcome = await self._tree.copy(messages.caller(request.command_id, request), copying)
        if isinstance(outcome, Job):
            return pb.CopyNodeResponse(job=_job(outcome))
        return pb.CopyNodeResponse(
            node=messages.node(outcome.result), position=messages.position(outcome.position)
        )

    async def DeleteForEver(self, request: pb.DeleteForEverRequest, context: Context) -> pb.JobResponse:
        caller = messages.caller(request.command_id, request)
        return pb.JobResponse(job=_job(await self._tree.delete(caller, request.node_id)))

    async def EmptyTrash(self, request: pb.EmptyTrashRequest, context: Context) -> pb.JobResponse:
        return pb.JobResponse(job=_job(await self._tree.empty(messages.caller(request.command_id, request))))

    async def ListJobs(self, request: pb.ListJobsRequest, context: Context) -> pb.ListJobsResponse:
        page = await self._desk.list(messages.actor(), limit=request.limit, cursor=request.cursor)
        return pb.ListJobsResponse(items=map(_job, page.items), next_cursor=page.next_cursor)

    async def GetJob(self, request: pb.GetJobRequest, context: Context) -> pb.JobResponse:
        return pb.JobResponse(job=_job(await self._desk.get(messages.actor(), request.job_id)))

    async def CancelJob(self, request: pb.CancelJobRequest, context: Context) -> pb.JobResponse:
        return pb.JobResponse(job=_job(await self._desk.cancel(messages.actor(), request.job_id)))


def _job(it: Job) -> pb.Job:
    return pb.Job(
        id=it.id,
        kind=it.kind,
        state=it.state,
        done=it.done,
        total=it.total,
        created_at_ms=it.created_at_ms,
        ended_at_ms=it.ended_at_ms,
        cancelling=it.cancel_asked and not it.state.is_end,
        error_code=it.error.code if it.error else "",
        error_detail=it.error.detail if it.error else "",
        node_id=it.result_id or "",
    )
