"""Files: their bytes, straight from storage or through this server."""

from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from api_gateway.adapters.http.browser_policy import UNTRUSTED_POLICY
from api_gateway.adapters.http.byteranges import fetched
from api_gateway.adapters.http.components import reference
from api_gateway.adapters.http.encoding import encoded, etag, etag_of_version
from api_gateway.adapters.http.head import wants_head_only
from api_gateway.adapters.http.models import uploads as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import FileId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.relayed import RelayedContent
from api_gateway.adapters.http.wiring import DownloadsPort, bounds_of, ports_of
from api_gateway.domain.byte_ranges import ByteRange, wanted_ranges
from api_gateway.domain.identity import Caller
from api_gateway.domain.uploads import Download, Reach
from api_gateway.ports.storage import Content
from chassis.errors import InvalidArgument

router = APIRouter(route_class=Operation, tags=["files"])
_BINARY: dict[str, Any] = {
    "*/*": {"schema": {"type": "string", "format": "binary"}, "examples": {"four bytes": {"value": "four"}}}
}
_OF_BYTES = {name: reference("headers", name) for name in ("Accept-Ranges", "Content-Disposition", "ETag")}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": models.Download,
        "description": "With `url`: where the bytes are. With `relay`: the bytes, with the headers of a 206",
        "content": _BINARY,
    },
    206: {
        "description": "With `relay`: a range of the bytes; several as `multipart/byteranges`, each with its own "
        "Content-Range",
        "content": _BINARY,
        "headers": {**_OF_BYTES, "Content-Range": reference("headers", "Content-Range")},
    },
    304: {
        "description": "With `relay` and `If-None-Match`: you have it",
        "headers": {"ETag": reference("headers", "ETag")},
    },
    302: {
        "description": "The bytes are there for 5 minutes; Range works",
        "headers": {"Location": reference("headers", "Location")},
    },
}
_RELAY_HEADERS = {"Accept-Ranges": "bytes", "Content-Security-Policy": UNTRUSTED_POLICY}


@router.get(
    "/files/{file_id}/content",
    status_code=302,
    response_class=Response,
    responses=_RESPONSES,
    summary="A file's bytes",
    openapi_extra=declares(
        "node_not_found", "version_not_found", "not_a_file", "range_not_satisfiable", "too_many_relays"
    ),
)
async def get_content(
    downloads: DownloadsPort,
    caller: Identified,
    file_id: FileId,
    request: Request,
    url: Annotated[bool, Query(description="Answer with the URL as JSON instead of a redirect")] = False,
    relay: Annotated[bool, Query(description="Send the bytes through this server")] = False,
    version: Annotated[
        int | None, Query(ge=1, le=2**53, description="What the file was; without it, what it is")
    ] = None,
    byte_range: Annotated[
        str | None,
        Header(
            alias="Range",
            max_length=500,
            description="With `relay`; up to 16 ranges, of which those that touch come as one",
            examples=["bytes=0-99"],
        ),
    ] = None,
    if_range: Annotated[
        str | None,
        Header(alias="If-Range", description="The ETag for which the range is meant; else the whole is sent"),
    ] = None,
    if_none_match: Annotated[
        str | None,
        Header(alias="If-None-Match", description="With `relay`: the ETags of what you have, or `*`"),
    ] = None,
) -> Response:
    """A redirect to storage; its URL as JSON, so that several ranges can be fetched from it; or the bytes."""
    if url and relay:
        raise InvalidArgument("query: either url or relay, not both.")
    reach: Reach = "internal" if relay else "public"
    download = await downloads.sign_download(caller, file_id, reach, version=version)
    if url:
        return encoded(download)
    if not relay:
        return Response(status_code=302, headers={"Location": download.url})
    tag = etag(download.revision) if version is None else etag_of_version(version)
    if if_none_match is not None and _is_named(tag, if_none_match):
        return Response(status_code=304, headers={"ETag": tag})
    # Ranges are of GET alone (RFC 9110, 14.2).
    is_range = byte_range is not None and if_range in (None, tag) and not wants_head_only(request.scope)
    ranges = wanted_ranges(byte_range or "", download.size) if is_range else ()
    return await _relayed(request, caller, download, tag, ranges)


def _is_named(tag: str, if_none_match: str) -> bool:
    """Compared weakly, as RFC 9110 (13.1.2) wants it. None of our tags has a comma in it."""
    named = {each.strip(" \t").removeprefix("W/") for each in if_none_match.split(",")}
    return tag in named or named == {"*"}


async def _relayed(
    request: Request, caller: Caller, download: Download, tag: str, ranges: tuple[ByteRange, ...]
) -> Response:
    async with AsyncExitStack() as stack:
        stack.enter_context(ports_of(request).relay_places.taken_by(caller.account_id))
        content = await stack.enter_async_context(fetched(ports_of(request).storage, download, ranges))
        # From here on the answer owns the connection, and the place.
        return RelayedContent(
            content,
            stack.pop_all(),
            status=206 if content.partial else 200,
            headers=_headers(tag, content),
            chunk_seconds=bounds_of(request).taking_seconds,
        )


def _headers(tag: str, content: Content) -> dict[str, str]:
    headers = {
        **_RELAY_HEADERS,
        "ETag": tag,
        # Storage says how a browser may treat it; should it not, nothing is shown in place.
        "Content-Disposition": content.disposition or "attachment",
    }
    if content.range is not None:
        headers["Content-Range"] = content.range
    return headers
