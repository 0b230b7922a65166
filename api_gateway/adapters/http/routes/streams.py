"""Uploads that grow at their end."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api_gateway.adapters.http.bodies import chunks_of
from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.models import uploads as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId, UploadId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.wiring import bounds_of, ports_of
from api_gateway.domain.streams import StreamPlace

router = APIRouter(route_class=Operation, tags=["uploads"])
_RAW_BYTES = {
    "required": True,
    "content": {
        "application/octet-stream": {
            "schema": {"type": "string", "format": "binary"},
            "examples": {"four bytes": {"value": "four"}},
        }
    },
}


@router.put(
    "/uploads/{upload_id}/stream",
    response_model=models.StreamPlace,
    summary="Go on with a stream at its end",
    openapi_extra=declares(
        "upload_not_found",
        "upload_not_open",
        "offset_wrong",
        "length_decided",
        "parts_missing",
        "part_claimed",
        "segment_invalid",
        "part_number_invalid",
        "part_not_signed",
        "part_refused",
        "quota_exceeded",
        "file_too_large",
        "request_timeout",
        "relay_busy",
        "too_many_relays",
        requestBody=_RAW_BYTES,
    ),
)
async def append_to_stream(
    caller: Identified,
    upload_id: UploadId,
    offset: Annotated[int, Query(ge=0, le=2**53, description="How long the stream is by now", examples=[0])],
    __: CommandId,
    request: Request,
) -> Response:
    """Of any length, through this server. What it answers is safe; whatever breaks, ask how far it is and send the
    rest, which must be the same bytes."""
    ports = ports_of(request)
    body = chunks_of(request, pace_seconds=bounds_of(request).sending_seconds)
    with ports.relay_places.taken_by(caller.account_id):
        now = await ports.append_stream(caller, upload_id, offset=offset, body=body)
    return encoded(StreamPlace(now))
