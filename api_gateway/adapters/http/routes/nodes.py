"""Drives, folders and files: what exists and what it is called."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.errors import answers
from api_gateway.adapters.http.parameters import (
    CommandId,
    Cursor,
    ExpectedRevision,
    Id,
    Identified,
    NodeId,
    PageLimit,
)
from api_gateway.adapters.http.requests import NewFolder, NodeChange
from api_gateway.domain.nodes import Drive, Node, NodePage, PlacedNode, Sort
from api_gateway.domain.paths import segments_of
from api_gateway.ports.nodes import Nodes
from chassis.errors import InvalidArgument, Kind

READS = answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND)
CHANGES = answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.CONFLICT, Kind.STALE, Kind.THROTTLED)


def node_routes(nodes: Nodes) -> APIRouter:
    router = APIRouter(tags=["nodes"])

    @router.get("/drive", response_model=Drive, responses=answers(Kind.UNAUTHENTICATED))
    async def get_drive(caller: Identified) -> Response:
        """Your drive: what it holds and what it may hold."""
        return encoded_at(await nodes.drive(caller))

    @router.get("/nodes/{node_id}", response_model=PlacedNode, responses=READS)
    async def get_node(
        caller: Identified,
        node_id: NodeId,
        ancestors: Annotated[bool, Query(description="With the folders from the root down to it")] = False,
    ) -> Response:
        """One folder or file."""
        return encoded_at(await nodes.get(caller, node_id, with_ancestors=ancestors))

    @router.patch("/nodes/{node_id}", response_model=Node, responses=CHANGES)
    async def update_node(
        caller: Identified,
        node_id: Id,
        body: NodeChange,
        command_id: CommandId,
        if_revision: ExpectedRevision,
    ) -> Response:
        """Rename, move, or both at once."""
        if body.name is None and body.parent_id is None:
            raise InvalidArgument("Say a new name, a new parent_id, or both.")
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

    @router.post("/folders", status_code=201, response_model=Node, responses=CHANGES)
    async def create_folder(caller: Identified, body: NewFolder, command_id: CommandId) -> Response:
        """Make a folder."""
        at = await nodes.create_folder(
            caller,
            command_id=command_id,
            parent_id=body.parent_id,
            name=body.name,
            conflict=body.conflict,
        )
        return encoded_at(at, 201)

    @router.get(
        "/folders/{node_id}/entries",
        response_model=NodePage,
        responses=answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.CONFLICT),
    )
    async def list_folder(
        caller: Identified,
        node_id: NodeId,
        limit: PageLimit = 200,
        cursor: Cursor = "",
        sort: Annotated[Sort, Query(description="`updated` and `size` may lag behind writes")] = "name",
        order: Literal["asc", "desc"] = "asc",
    ) -> Response:
        """One page of a folder, folders first."""
        at = await nodes.list_folder(
            caller, node_id, limit=limit, cursor=cursor, sort=sort, descending=order == "desc"
        )
        return encoded_at(at)

    @router.get("/paths/{path:path}", response_model=PlacedNode, responses=READS)
    async def resolve_path(caller: Identified, path: str, request: Request) -> Response:
        """What stands at a path. Segments are percent-encoded (a slash in a name is %2F); empty is the root."""
        # `path` is decoded already, and a slash in a name can no longer be told from one between names.
        undecoded: bytes = request.scope["raw_path"].partition(b"?")[0]
        _, _, tail = undecoded.partition(b"/paths/")
        return encoded_at(await nodes.resolve(caller, segments_of(tail)))

    return router
