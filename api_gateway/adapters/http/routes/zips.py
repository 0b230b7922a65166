"""Folders, and whatever else was selected, as one zip that is made while it is sent."""

from contextlib import AsyncExitStack, aclosing
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from api_gateway.adapters.http.browser_policy import UNTRUSTED_POLICY
from api_gateway.adapters.http.components import reference
from api_gateway.adapters.http.models.bases import ID
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import NodeId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.relayed import RelayedContent
from api_gateway.adapters.http.requests import IdText
from api_gateway.adapters.http.wiring import ZipNodesUse, bounds_of, ports_of
from api_gateway.app.zip_nodes import ZipNodes
from api_gateway.domain.identity import Caller
from api_gateway.ports.storage import Content

router = APIRouter(route_class=Operation, tags=["files"])
# So many stand in an address beside cookies, within what the head of a request may have (middleware.py).
MOST_SELECTED = 800
_ZIP = "application/zip"
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The archive. Its length is told beforehand unless the tree is large. If anything fails on the "
        "way the connection is cut, and what has come is no archive",
        "content": {
            _ZIP: {
                "schema": {"type": "string", "format": "binary"},
                "examples": {"how each begins": {"value": "PK"}},
            }
        },
        "headers": {name: reference("headers", name) for name in ("Accept-Ranges", "Content-Disposition")},
    }
}
_DECLARED = declares("node_not_found", "zip_too_large", "too_many_relays")
# A range would be other bytes as soon as anything has changed, and CRCs are known only once all was read.
_HEADERS = {"Accept-Ranges": "none", "Content-Security-Policy": UNTRUSTED_POLICY}


@router.get(
    "/folders/{node_id}/zip",
    response_class=Response,
    responses=_RESPONSES,
    summary="A folder as a zip",
    openapi_extra=_DECLARED,
)
async def get_folder_zip(
    zip_nodes: ZipNodesUse, caller: Identified, node_id: NodeId, request: Request
) -> Response:
    """With all that is in it, stored, by version as it was listed. A file's id gives a zip of that file."""
    return await _zipped(request, zip_nodes, caller, [node_id])


@router.get(
    "/zip",
    response_class=Response,
    responses=_RESPONSES,
    summary="Several nodes as a zip",
    openapi_extra=_DECLARED,
)
async def get_zip(
    zip_nodes: ZipNodesUse,
    caller: Identified,
    request: Request,
    ids: Annotated[
        list[IdText],
        Query(
            alias="id",
            min_length=1,
            max_length=MOST_SELECTED,
            description="Of a folder or a file; once for each",
            examples=[[ID]],
        ),
    ],
) -> Response:
    """Side by side at the top, folders with all that is in them. Of two of one name one is called `name (2)`."""
    return await _zipped(request, zip_nodes, caller, ids)


async def _zipped(request: Request, zip_nodes: ZipNodes, caller: Caller, ids: list[str]) -> Response:
    async with AsyncExitStack() as stack:
        stack.enter_context(ports_of(request).relay_places.taken_by(caller.account_id))
        made = await zip_nodes(caller, ids)
        await stack.enter_async_context(aclosing(made.chunks))
        content = Content(
            partial=False,
            length=made.length,
            range=None,
            content_type=_ZIP,
            disposition=None,
            chunks=made.chunks,
        )
        # From here on the answer owns what is open, and the place.
        return RelayedContent(
            content,
            stack.pop_all(),
            status=200,
            headers={**_HEADERS, "Content-Disposition": _attachment(made.name)},
            chunk_seconds=bounds_of(request).taking_seconds,
        )


def _attachment(name: str) -> str:
    """RFC 6266, in every language by RFC 8187: nothing of the name can leave its quotes."""
    plain = "".join(each if each.isascii() and (each.isalnum() or each in " ._-()") else "_" for each in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
