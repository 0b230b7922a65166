"""Parts: signed, sent, reported."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from api_gateway.adapters.http.bodies import chunks_of
from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.models import uploads as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId, UploadId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.refusals import LengthRequired
from api_gateway.adapters.http.requests import PartsToReport, PartsToSign
from api_gateway.adapters.http.wiring import PartsPort, bounds_of, ports_of
from api_gateway.domain.uploads import MAX_PARTS

router = APIRouter(route_class=Operation, tags=["uploads"])
_OF_OPEN = ("upload_not_found", "upload_not_open", "part_number_invalid", "part_claimed")
_RAW_BYTES = {
    "required": True,
    "content": {
        "application/octet-stream": {
            "schema": {"type": "string", "format": "binary"},
            "examples": {"four bytes": {"value": "four"}},
        }
    },
}
# 15 digits hold the largest part there is, 5 GiB, and do not keep int() busy.
_MAX_LENGTH_DIGITS = 15


@router.post(
    "/uploads/{upload_id}/urls",
    response_model=models.SignedParts,
    summary="URLs for up to 100 parts",
    openapi_extra=declares(*_OF_OPEN, "quota_exceeded", "length_decided", "file_too_large"),
)
async def sign_parts(
    parts: PartsPort, caller: Identified, upload_id: UploadId, __: CommandId, body: PartsToSign
) -> Response:
    """Each is bound to its part's bytes and good for an hour. Ask again when it has expired."""
    claims = [part.to_domain() for part in body.parts]
    return encoded(await parts.sign(caller, upload_id, claims, "public", size=body.size))


@router.post(
    "/uploads/{upload_id}/parts",
    status_code=204,
    summary="Note what storage answered",
    openapi_extra=declares(*_OF_OPEN, "part_not_signed"),
)
async def report_parts(
    parts: PartsPort, caller: Identified, upload_id: UploadId, __: CommandId, body: PartsToReport
) -> Response:
    """To up to 100 parts. Harmless to repeat."""
    await parts.report(caller, upload_id, [part.to_domain() for part in body.parts])
    return Response(status_code=204)


@router.put(
    "/uploads/{upload_id}/parts/{number}",
    response_model=models.SentPart,
    summary="Send a part through this server",
    openapi_extra=declares(
        *_OF_OPEN,
        "part_not_signed",
        "quota_exceeded",
        "part_length_wrong",
        "part_refused",
        "part_hash_needed",
        "length_required",
        "request_timeout",
        "relay_busy",
        "too_many_relays",
        requestBody=_RAW_BYTES,
    ),
)
async def relay_part(
    caller: Identified,
    upload_id: UploadId,
    number: Annotated[int, Path(ge=1, le=MAX_PARTS, examples=[1])],
    __: CommandId,
    request: Request,
    sha256: Annotated[
        str | None,
        Header(
            alias="Stowage-Part-Sha256",
            pattern=r"^[0-9a-f]{64}$",
            description="SHA-256 of the part. Without it, the part may have at most 8 MiB.",
        ),
    ] = None,
) -> Response:
    """For clients that cannot reach storage. The part is reported, too."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or len(length) > _MAX_LENGTH_DIGITS:
        raise LengthRequired("Send the part with its Content-Length.")
    with ports_of(request).relay_places.taken_by(caller.account_id):
        report = await ports_of(request).relay_part(
            caller,
            upload_id,
            number,
            sha256=bytes.fromhex(sha256) if sha256 else None,
            length=int(length),
            body=chunks_of(request, pace_seconds=bounds_of(request).sending_seconds),
        )
    return encoded(report)
