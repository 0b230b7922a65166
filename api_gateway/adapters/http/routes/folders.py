"""Folders: made and listed."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.models import nodes as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId, Cursor, NodeId, PageLimit, Seen
from api_gateway.adapters.http.problems import CHANGING, PLACING, declares
from api_gateway.adapters.http.requests import NewFolder
from api_gateway.adapters.http.wiring import NodesPort
from api_gateway.domain.nodes import Sort

router = APIRouter(route_class=Operation, tags=["folders"])


@router.post(
    "/folders",
    status_code=201,
    response_model=models.Folder,
    summary="Make a folder",
    openapi_extra=declares(*PLACING, *CHANGING, headers=("Stowage-Seq", "ETag")),
)
async def create_folder(
    nodes: NodesPort, caller: Identified, body: NewFolder, command_id: CommandId
) -> Response:
    """With `conflict: rename` a taken name becomes `name (2)`."""
    at = await nodes.create_folder(
        caller, command_id=command_id, parent_id=body.parent_id, name=body.name, conflict=body.conflict
    )
    return encoded_at(at, 201)


@router.get(
    "/folders/{node_id}/entries",
    response_model=models.NodePage,
    summary="One page of a folder",
    openapi_extra=declares(
        "node_not_found", "not_a_folder", "cursor_invalid", "cursor_reset", headers=("Stowage-Seq",)
    ),
)
async def list_folder(
    nodes: NodesPort,
    caller: Identified,
    node_id: NodeId,
    seen: Seen,
    limit: PageLimit = 200,
    cursor: Cursor = "",
    sort: Annotated[Sort, Query(description="`updated` and `size` may lag behind writes")] = "name",
    order: Literal["asc", "desc"] = "asc",
) -> Response:
    """Folders first. Keep `sort` and `order` as they are from page to page."""
    at = await nodes.list_folder(
        caller.having_seen(seen), node_id, limit=limit, cursor=cursor, sort=sort, descending=order == "desc"
    )
    return encoded_at(at)
