"""Uploads: from bytes to a file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api_gateway.adapters.http.encoding import accepted, encoded, encoded_at, encoded_known, encoded_upload
from api_gateway.adapters.http.models import uploads as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId, Cursor, PageLimit, UploadId
from api_gateway.adapters.http.problems import COMMITTING, declares
from api_gateway.adapters.http.requests import Completion, KnownHashes, NewUpload
from api_gateway.adapters.http.wiring import UploadsPort, ports_of

router = APIRouter(route_class=Operation, tags=["uploads"])
_ON_ITS_WAY = ("open", "assembling", "stored")


@router.post(
    "/uploads",
    status_code=201,
    response_model=models.StartedUpload,
    summary="Open an upload",
    openapi_extra=declares(
        *COMMITTING,
        "file_too_large",
        "too_many_uploads",
        "command_id_reused",
        "part_number_invalid",
        "part_claimed",
        "blob_abandoned",
        "drive_busy",
        headers=("Stowage-Seq",),
    ),
)
async def start_upload(
    uploads: UploadsPort, caller: Identified, body: NewUpload, command_id: CommandId
) -> Response:
    """Parts that are named here are signed at once: a small file needs no further round trip. Content that your drive
    holds is a file at once: the upload is `committed`, and there is nothing to send."""
    claims = [part.to_domain() for part in body.parts]
    return encoded_at(await uploads.start(caller, body.to_domain(), command_id=command_id, parts=claims), 201)


@router.get(
    "/uploads",
    response_model=models.UploadPage,
    summary="Your uploads that have not ended",
    openapi_extra=declares("cursor_invalid"),
)
async def list_uploads(
    uploads: UploadsPort, caller: Identified, limit: PageLimit = 200, cursor: Cursor = ""
) -> Response:
    """Latest first."""
    return encoded(await uploads.list(caller, limit=limit, cursor=cursor))


@router.get(
    "/uploads/{upload_id}",
    response_model=models.UploadWithParts,
    summary="How far an upload is",
    openapi_extra=declares("upload_not_found"),
)
async def get_upload(
    uploads: UploadsPort,
    caller: Identified,
    upload_id: UploadId,
    parts: Annotated[bool, Query(description="With the parts claimed so far")] = False,
) -> Response:
    """Ask here after a 202, or to go on where you stopped."""
    return encoded_upload(await uploads.get(caller, upload_id, with_parts=parts))


@router.post(
    "/uploads/{upload_id}/known",
    response_model=models.KnownUpload,
    summary="Send nothing that your drive holds already",
    openapi_extra=declares(
        *COMMITTING,
        "upload_not_found",
        "upload_not_open",
        "part_number_invalid",
        "part_claimed",
        "file_too_large",
        "blob_abandoned",
        "drive_busy",
        headers=("Stowage-Seq",),
    ),
)
async def use_known(
    uploads: UploadsPort, caller: Identified, upload_id: UploadId, __: CommandId, body: KnownHashes
) -> Response:
    """`committed` if your drive holds the content. `open` if not: of the parts that are named, those that the base has
    too are copied, and are `reported` in the answer; send the others. `stored`: complete it. Harmless to repeat."""
    return encoded_known(await uploads.use_known(caller, upload_id, body.to_domain()))


@router.post(
    "/uploads/{upload_id}/complete",
    response_model=models.Upload,
    summary="Assemble, prove and commit",
    responses={202: {"model": models.Upload, "description": "It goes on: ask again for its state"}},
    openapi_extra=declares(
        *COMMITTING,
        "upload_not_found",
        "parts_missing",
        "part_number_invalid",
        "part_not_signed",
        "part_claimed",
        "already_aborted",
        "length_unknown",
        "length_decided",
        "offset_wrong",
        "part_refused",
        "too_many_relays",
        "file_too_large",
        "blob_abandoned",
        "drive_busy",
        headers=("Stowage-Seq",),
    ),
)
async def complete_upload(
    uploads: UploadsPort,
    caller: Identified,
    upload_id: UploadId,
    __: CommandId,
    request: Request,
    body: Completion | None = None,
) -> Response:
    """Harmless to repeat. If the drive refuses, call again with another folder, name or rule."""
    wanted = body or Completion()
    reports = [part.to_domain() for part in wanted.parts]
    if wanted.size is not None:
        await ports_of(request).append_stream.close(caller, upload_id, wanted.size)
    at = await uploads.complete(caller, upload_id, reports, wanted.destination(), size=wanted.size)
    return accepted(at) if at.answer.state in _ON_ITS_WAY else encoded_at(at)


@router.delete(
    "/uploads/{upload_id}",
    response_model=models.Upload,
    summary="End an upload",
    openapi_extra=declares("upload_not_found", "already_committed"),
)
async def abort_upload(
    uploads: UploadsPort, caller: Identified, upload_id: UploadId, __: CommandId
) -> Response:
    """Frees what it holds. Harmless to repeat."""
    return encoded(await uploads.abort(caller, upload_id))
