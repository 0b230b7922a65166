"""Many small files in one request."""

from fastapi import APIRouter, Request, Response

from api_gateway.adapters.http.bodies import chunks_of
from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.errors import told
from api_gateway.adapters.http.file_forms import boundary_of, read_files_form
from api_gateway.adapters.http.form_requests import files_form
from api_gateway.adapters.http.models import bundles as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.refusals import BodyTooLarge, LengthRequired
from api_gateway.adapters.http.wiring import bounds_of, ports_of
from api_gateway.app.relay_files import LANES, Outcome, RelayFiles
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import MAX_FORM_BYTES, CommittedFile

router = APIRouter(route_class=Operation, tags=["uploads"])


@router.post(
    "/files:batch",
    response_model=models.FileResults,
    summary="Put up to 100 small files",
    openapi_extra=declares(
        "too_many_uploads",
        "command_id_reused",
        "form_malformed",
        "body_malformed",
        "body_too_large",
        "unsupported_media_type",
        "length_required",
        "request_timeout",
        "relay_busy",
        "too_many_relays",
        requestBody=files_form(),
    ),
)
async def put_files(caller: Identified, command_id: CommandId, request: Request) -> Response:
    """A form with a field `plan` first, then a `file` for each that it names, in its order; each of at most 8 MiB, and
    16 MiB in all. A result for each: one that is refused spoils no other. After a 503, in some results or instead of
    any, send the same again with the same key."""
    boundary, length = boundary_of(request.headers.get("content-type", "")), _length_of(request)
    ports, bounds = ports_of(request), bounds_of(request)
    with ports.relay_places.taken_by(caller.account_id, places=LANES):
        async with ports.spool.hold(caller.account_id, length):
            form = await read_files_form(
                chunks_of(request, pace_seconds=bounds.sending_seconds),
                boundary,
                max_plan_bytes=bounds.max_body_bytes,
                seconds=bounds.form_seconds,
            )
            relay = RelayFiles(ports.bundles, ports.storage)
            at = await relay(caller, form.planned, form.received, command_id=command_id)
    return encoded_at(At({"files": [_result(outcome) for outcome in at.answer]}, at.position))


def _length_of(request: Request) -> int:
    """Raises LengthRequired, BodyTooLarge: so much will be held here."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise LengthRequired("Send the form with its Content-Length.")
    if len(length) > 15 or int(length) > MAX_FORM_BYTES:
        raise BodyTooLarge(f"A form of files may have at most {MAX_FORM_BYTES} bytes.")
    return int(length)


def _result(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, CommittedFile):
        return {"status": 200, "file": outcome, "problem": None}
    problem = told(outcome)
    return {"status": problem["status"], "file": None, "problem": problem}
