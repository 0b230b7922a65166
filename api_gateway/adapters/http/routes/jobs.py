"""Work that takes longer than a request, and what begins it."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import accepted, encoded, encoded_at
from api_gateway.adapters.http.models import jobs as models
from api_gateway.adapters.http.models import nodes
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId, Cursor, JobId, NodeId, PageLimit
from api_gateway.adapters.http.problems import CHANGING, PLACING, declares
from api_gateway.adapters.http.requests import Copying
from api_gateway.adapters.http.wiring import JobsPort
from api_gateway.domain.jobs import Job

router = APIRouter(route_class=Operation, tags=["jobs"])


@router.post(
    "/nodes/{node_id}/copy",
    status_code=201,
    response_model=nodes.File,
    summary="Copy a file, or a folder with all that is in it",
    responses={202: {"model": models.Job, "description": "A folder: the copy appears when the job is done"}},
    openapi_extra=declares(
        *PLACING, *CHANGING, "root_is_fixed", "quota_exceeded", headers=("Stowage-Seq", "ETag")
    ),
)
async def copy_node(
    jobs: JobsPort, caller: Identified, node_id: NodeId, body: Copying, command_id: CommandId
) -> Response:
    """A file is copied at once: no bytes move. The copy has the current version only, and counts in full."""
    outcome = await jobs.copy(
        caller,
        node_id,
        command_id=command_id,
        parent_id=body.parent_id,
        name=body.name,
        conflict=body.conflict,
    )
    return accepted(outcome) if isinstance(outcome, Job) else encoded_at(outcome, 201)


@router.delete(
    "/trash/{node_id}",
    status_code=202,
    response_model=models.Job,
    summary="Delete an item of the trash for ever",
    openapi_extra=declares("node_not_found", *CHANGING),
)
async def delete_for_ever(
    jobs: JobsPort, caller: Identified, node_id: NodeId, command_id: CommandId
) -> Response:
    """With all that is below it and all versions. Once it has begun, nothing of it comes back."""
    return accepted(await jobs.delete_for_ever(caller, node_id, command_id=command_id))


@router.delete(
    "/trash",
    status_code=202,
    response_model=models.Job,
    summary="Empty the trash",
    openapi_extra=declares(*CHANGING),
)
async def empty_trash(jobs: JobsPort, caller: Identified, command_id: CommandId) -> Response:
    """Of what is in it now. Cancelled, it stops before the next item."""
    return accepted(await jobs.empty_trash(caller, command_id=command_id))


@router.get(
    "/jobs",
    response_model=models.JobPage,
    summary="Your jobs",
    openapi_extra=declares("cursor_invalid"),
)
async def list_jobs(
    jobs: JobsPort, caller: Identified, limit: PageLimit = 200, cursor: Cursor = ""
) -> Response:
    """Latest first; a fresh one may be missing for a moment."""
    return encoded(await jobs.list(caller, limit=limit, cursor=cursor))


@router.get(
    "/jobs/{job_id}",
    response_model=models.Job,
    summary="How far a job is",
    openapi_extra=declares("job_not_found"),
)
async def get_job(jobs: JobsPort, caller: Identified, job_id: JobId) -> Response:
    """Ask here after a 202."""
    return encoded(await jobs.get(caller, job_id))


@router.delete(
    "/jobs/{job_id}",
    response_model=models.Job,
    summary="Cancel a job",
    openapi_extra=declares("job_not_found"),
)
async def cancel_job(jobs: JobsPort, caller: Identified, job_id: JobId, __: CommandId) -> Response:
    """It undoes what it did, as far as it can, then is `cancelled`. One that has ended stays as it is."""
    return encoded(await jobs.cancel(caller, job_id))
