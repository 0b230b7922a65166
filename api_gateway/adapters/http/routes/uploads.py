"""Uploads: from bytes to a file."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from api_gateway.adapters.http.encoding import encoded, encoded_at
from api_gateway.adapters.http.errors import answers
from api_gateway.adapters.http.parameters import CommandId, Cursor, Id, Identified, PageLimit
from api_gateway.adapters.http.requests import Completion, NewUpload, PartsToReport, PartsToSign
from api_gateway.app.relay_part import RelayPart
from api_gateway.domain.errors import LengthRequired
from api_gateway.domain.uploads import (
    MAX_PARTS,
    PartReport,
    SignedParts,
    StartedUpload,
    Upload,
    UploadPage,
    UploadWithParts,
)
from api_gateway.ports.uploads import Uploads
from chassis.errors import Kind

OF_ONE = answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.CONFLICT)
COMMITS = answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.CONFLICT, Kind.STALE, Kind.QUOTA, Kind.THROTTLED)
STARTS = COMMITS | answers(Kind.TOO_LARGE)


def upload_routes(uploads: Uploads, relay_part: RelayPart) -> APIRouter:
    router = APIRouter(tags=["uploads"])

    @router.post("/uploads", status_code=201, response_model=StartedUpload, responses=STARTS)
    async def start_upload(caller: Identified, body: NewUpload, command_id: CommandId) -> Response:
        """Open an upload. Parts claimed here are signed at once: a small file needs no further round trip."""
        claims = [part.to_domain() for part in body.parts]
        started = await uploads.start(caller, body.to_domain(), command_id=command_id, parts=claims)
        return encoded(started, 201)

    @router.get("/uploads", response_model=UploadPage, responses=answers(Kind.UNAUTHENTICATED))
    async def list_uploads(caller: Identified, limit: PageLimit = 200, cursor: Cursor = "") -> Response:
        """Your uploads that have not ended, latest first."""
        return encoded(await uploads.list(caller, limit=limit, cursor=cursor))

    @router.get("/uploads/{upload_id}", response_model=UploadWithParts, responses=OF_ONE)
    async def get_upload(
        caller: Identified,
        upload_id: Id,
        parts: Annotated[bool, Query(description="With the parts claimed so far")] = False,
    ) -> Response:
        """How far an upload is."""
        return encoded(await uploads.get(caller, upload_id, with_parts=parts))

    @router.post("/uploads/{upload_id}/urls", response_model=SignedParts, responses=OF_ONE)
    async def sign_parts(caller: Identified, upload_id: Id, body: PartsToSign) -> Response:
        """URLs for up to 100 parts, each bound to its bytes. Ask again when they have expired."""
        claims = [part.to_domain() for part in body.parts]
        return encoded(await uploads.sign(caller, upload_id, claims, "public"))

    @router.post("/uploads/{upload_id}/parts", status_code=204, responses=OF_ONE)
    async def report_parts(caller: Identified, upload_id: Id, body: PartsToReport) -> Response:
        """Note what storage answered to up to 100 parts. Harmless to repeat."""
        await uploads.report(caller, upload_id, [part.to_domain() for part in body.parts])
        return Response(status_code=204)

    @router.put(
        "/uploads/{upload_id}/parts/{number}",
        response_model=PartReport,
        responses=OF_ONE | answers(Kind.TOO_LARGE),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def relay_one_part(
        caller: Identified,
        upload_id: Id,
        number: Annotated[int, Path(ge=1, le=MAX_PARTS)],
        request: Request,
        sha256: Annotated[str | None, Header(alias="Stowage-Part-Sha256", pattern=r"^[0-9a-f]{64}$")] = None,
    ) -> Response:
        """A part's bytes through this server, for clients that cannot reach storage."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise LengthRequired("Send the part with its Content-Length.")
        report = await relay_part(
            caller,
            upload_id,
            number,
            sha256=bytes.fromhex(sha256) if sha256 else None,
            length=int(length),
            body=request.stream(),
        )
        return encoded(report)

    @router.post(
        "/uploads/{upload_id}/complete",
        response_model=Upload,
        responses=COMMITS
        | {202: {"model": Upload, "description": "Being assembled: ask again for its state"}},
    )
    async def complete_upload(caller: Identified, upload_id: Id, body: Completion | None = None) -> Response:
        """Assemble, prove and commit. 202 means that it goes on: poll the upload."""
        wanted = body or Completion(parts=[])
        reports = [part.to_domain() for part in wanted.parts]
        at = await uploads.complete(caller, upload_id, reports, wanted.destination())
        return encoded_at(at, 202 if at.answer.state in ("open", "assembling", "stored") else 200)

    @router.delete("/uploads/{upload_id}", response_model=Upload, responses=OF_ONE)
    async def abort_upload(caller: Identified, upload_id: Id) -> Response:
        """End an upload and free what it holds."""
        return encoded(await uploads.abort(caller, upload_id))

    return router
