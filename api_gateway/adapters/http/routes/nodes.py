"""Drives and nodes: what exists, where it stands and what it is called."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.models import nodes as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import CommandId, ExpectedRevision, NodeId, Seen
from api_gateway.adapters.http.problems import CHANGING, PLACING, declares
from api_gateway.adapters.http.requests import NodeChange
from api_gateway.adapters.http.wiring import NodesPort, TrashPort
from api_gateway.domain.paths import segments_of

router = APIRouter(route_class=Operation, tags=["nodes"])
AS_OF, AS_OF_NODE = ("Stowage-Seq",), ("Stowage-Seq", "ETag")


@router.get(
    "/drive",
    response_model=models.Drive,
    summary="Your drive",
    openapi_extra=declares("cursor_reset", headers=AS_OF),
)
async def get_drive(nodes: NodesPort, caller: Identified, seen: Seen) -> Response:
    """What it holds and what it may hold."""
    return encoded_at(await nodes.drive(caller.having_seen(seen)))


@router.get(
    "/nodes/{node_id}",
    response_model=models.PlacedNode,
    summary="One folder or file",
    openapi_extra=declares("node_not_found", "cursor_reset", headers=AS_OF_NODE),
)
async def get_node(
    nodes: NodesPort,
    caller: Identified,
    node_id: NodeId,
    seen: Seen,
    ancestors: Annotated[bool, Query(description="With the folders from the root down to it")] = False,
) -> Response:
    """Its id survives moves and renames."""
    return encoded_at(await nodes.get(caller.having_seen(seen), node_id, with_ancestors=ancestors))


@router.patch(
    "/nodes/{node_id}",
    response_model=models.Node,
    summary="Rename, move, or both at once",
    openapi_extra=declares(
        *PLACING, *CHANGING, "would_make_cycle", "root_is_fixed", "revision_stale", headers=AS_OF_NODE
    ),
)
async def update_node(
    nodes: NodesPort,
    caller: Identified,
    node_id: NodeId,
    body: NodeChange,
    command_id: CommandId,
    if_revision: ExpectedRevision,
) -> Response:
    """What is left out stays as it is. A folder of any size is moved at once."""
    at = await nodes.update(
        caller,
        node_id,
        command_id=command_id,
        name=body.name,
        parent_id=body.parent_id,
        conflict=body.conflict,
        if_revision=if_revision,
    )
    return encoded_at(at)


@router.delete(
    "/nodes/{node_id}",
    response_model=models.TrashItem,
    summary="Move a node to the trash",
    openapi_extra=declares("node_not_found", "root_is_fixed", "revision_stale", *CHANGING, headers=AS_OF),
)
async def trash_node(
    trash: TrashPort,
    caller: Identified,
    node_id: NodeId,
    command_id: CommandId,
    if_revision: ExpectedRevision,
) -> Response:
    """With all that is below it; it can be restored until `expires_at`."""
    return encoded_at(await trash.put(caller, node_id, command_id=command_id, if_revision=if_revision))


@router.get(
    "/paths/{path:path}",
    response_model=models.PlacedNode,
    summary="What stands at a path",
    openapi_extra=declares("node_not_found", "path_invalid", "cursor_reset", headers=AS_OF_NODE),
)
async def resolve_path(
    nodes: NodesPort, caller: Identified, path: str, seen: Seen, request: Request
) -> Response:
    """Names from the root down, each percent-encoded (a slash in a name is `%2F`); empty is the root itself."""
    # `path` is decoded already, and a slash in a name can no longer be told from one between names.
    undecoded: bytes = request.scope["raw_path"]
    _, _, tail = undecoded.partition(b"/paths/")
    return encoded_at(await nodes.resolve(caller.having_seen(seen), segments_of(tail)))
