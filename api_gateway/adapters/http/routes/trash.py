"""The trash: where deleted nodes wait."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.models import nodes as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId, Cursor, NodeId, PageLimit, Seen
from api_gateway.adapters.http.problems import CHANGING, PLACING, declares
from api_gateway.adapters.http.requests import Restoration
from api_gateway.adapters.http.wiring import TrashPort

router = APIRouter(route_class=Operation, tags=["trash"])


@router.get(
    "/trash",
    response_model=models.TrashPage,
    summary="What can be restored",
    openapi_extra=declares("cursor_invalid", "cursor_reset", headers=("Stowage-Seq",)),
)
async def list_trash(
    trash: TrashPort, caller: Identified, seen: Seen, limit: PageLimit = 200, cursor: Cursor = ""
) -> Response:
    """Latest deletion first."""
    return encoded_at(await trash.list(caller.having_seen(seen), limit=limit, cursor=cursor))


@router.post(
    "/trash/{node_id}/restore",
    response_model=models.Node,
    summary="Take a node out of the trash",
    openapi_extra=declares(*PLACING, *CHANGING, headers=("Stowage-Seq", "ETag")),
)
async def restore_node(
    trash: TrashPort,
    caller: Identified,
    node_id: NodeId,
    command_id: CommandId,
    body: Restoration | None = None,
) -> Response:
    """With the same ids, to where it was, or to the nearest folder on the way there that still is."""
    wanted = body or Restoration()
    at = await trash.restore(
        caller,
        node_id,
        command_id=command_id,
        parent_id=wanted.parent_id,
        name=wanted.name,
        conflict=wanted.conflict,
    )
    return encoded_at(at)
