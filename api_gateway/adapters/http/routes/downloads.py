"""Downloads: a file's bytes, straight from storage or through this server."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from api_gateway.adapters.http.encoding import encoded, etag
from api_gateway.adapters.http.errors import PROBLEM, answers
from api_gateway.adapters.http.parameters import Id, Identified
from api_gateway.domain.uploads import Download
from api_gateway.ports.storage import Content, Storage
from api_gateway.ports.uploads import Uploads
from chassis.errors import Kind

_BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_PROBLEM: dict[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    **answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.CONFLICT),
    200: {
        "model": Download,
        "description": "With `url`: where the bytes are. With `relay`: the bytes",
        "content": _BINARY,
    },
    206: {"description": "With `relay`: a range of the bytes", "content": _BINARY},
    302: {"description": "The bytes are at this URL for 5 minutes"},
    416: {"description": "The range begins behind the file's end", "content": _PROBLEM},
}


def download_routes(uploads: Uploads, storage: Storage) -> APIRouter:
    router = APIRouter(tags=["files"])

    @router.get("/files/{node_id}/content", status_code=302, response_class=Response, responses=RESPONSES)
    async def get_content(
        caller: Identified,
        node_id: Id,
        request: Request,
        url: Annotated[bool, Query(description="Answer with the URL as JSON instead of a redirect")] = False,
        relay: Annotated[bool, Query(description="Send the bytes through this server")] = False,
        byte_range: Annotated[str | None, Header(alias="Range", max_length=200)] = None,
    ) -> Response:
        """A file's bytes."""
        download = await uploads.sign_download(caller, node_id, "internal" if relay else "public")
        if url:
            return encoded(download)
        if not relay:
            return Response(status_code=302, headers={"Location": download.url})
        async with AsyncExitStack() as stack:
            content = await stack.enter_async_context(storage.fetch(download.url, byte_range))
            # From here on the stream owns the connection, and closes it at its end or when the client is gone.
            return _stream(download, content, stack.pop_all())

    return router


def _stream(download: Download, content: Content, connection: AsyncExitStack) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        async with connection:
            async for chunk in content.chunks:
                yield chunk

    headers = {
        "Content-Length": str(content.length),
        "Accept-Ranges": "bytes",
        "ETag": etag(download.revision),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if content.range is not None:
        headers["Content-Range"] = content.range
    if content.disposition is not None:
        headers["Content-Disposition"] = content.disposition
    status = 206 if content.partial else 200
    return StreamingResponse(chunks(), status, headers=headers, media_type=content.content_type)
