"""What files were before they were replaced."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.models import nodes, versions
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import (
    CommandId,
    Cursor,
    ExpectedRevision,
    FileId,
    PageLimit,
    Seen,
    VersionNumber,
)
from api_gateway.adapters.http.problems import CHANGING, declares
from api_gateway.adapters.http.requests import VersionChange
from api_gateway.adapters.http.wiring import VersionsPort

router = APIRouter(route_class=Operation, tags=["versions"])
_OF_FILE = ("node_not_found", "not_a_file")
_CHANGING = (*_OF_FILE, "version_not_found", *CHANGING)
_AS_OF = ("Stowage-Seq",)


@router.get(
    "/files/{file_id}/versions",
    response_model=versions.VersionPage,
    summary="What a file is and was",
    openapi_extra=declares(*_OF_FILE, "cursor_invalid", "cursor_reset", headers=_AS_OF),
)
async def list_versions(
    ports: VersionsPort,
    caller: Identified,
    file_id: FileId,
    seen: Seen,
    limit: PageLimit = 200,
    cursor: Cursor = "",
) -> Response:
    """The current version, then the past ones, newest first."""
    return encoded_at(await ports.list(caller.having_seen(seen), file_id, limit=limit, cursor=cursor))


@router.post(
    "/files/{file_id}/versions/{number}/restore",
    response_model=nodes.File,
    summary="Make a past version the current one again",
    openapi_extra=declares(
        *_CHANGING, "version_is_current", "revision_stale", "quota_exceeded", headers=("Stowage-Seq", "ETag")
    ),
)
async def restore_version(
    ports: VersionsPort,
    caller: Identified,
    file_id: FileId,
    number: VersionNumber,
    command_id: CommandId,
    if_revision: ExpectedRevision,
) -> Response:
    """As a new version of the same bytes: what the file is now becomes a past one. It counts in full in the drive."""
    at = await ports.restore(caller, file_id, number, command_id=command_id, if_revision=if_revision)
    return encoded_at(at)


@router.patch(
    "/files/{file_id}/versions/{number}",
    response_model=versions.Version,
    summary="Keep a version for ever, or no more",
    openapi_extra=declares(*_CHANGING, headers=_AS_OF),
)
async def keep_version(
    ports: VersionsPort,
    caller: Identified,
    file_id: FileId,
    number: VersionNumber,
    body: VersionChange,
    command_id: CommandId,
) -> Response:
    """What is kept is not counted among those that may be there. What is kept no more may go at any moment."""
    return encoded_at(await ports.keep(caller, file_id, number, command_id=command_id, keep=body.keep))


@router.delete(
    "/files/{file_id}/versions/{number}",
    status_code=204,
    response_class=Response,
    summary="Forget a past version for ever",
    openapi_extra=declares(*_CHANGING, "version_is_current", headers=_AS_OF),
)
async def delete_version(
    ports: VersionsPort, caller: Identified, file_id: FileId, number: VersionNumber, command_id: CommandId
) -> Response:
    """One that is kept, too. Its bytes are free at once, its number is never given again."""
    at = await ports.delete(caller, file_id, number, command_id=command_id)
    return Response(status_code=204, headers={"Stowage-Seq": at.position})
