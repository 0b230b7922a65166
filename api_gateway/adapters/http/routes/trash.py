"""The trash: where deleted nodes wait."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.errors import answers
from api_gateway.adapters.http.parameters import (
    CommandId,
    Cursor,
    ExpectedRevision,
    Id,
    Identified,
    PageLimit,
)
from api_gateway.adapters.http.requests import Restoration
from api_gateway.domain.nodes import Node, TrashItem, TrashPage
from api_gateway.ports.nodes import Trash
from chassis.errors import Kind

CHANGES = answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.CONFLICT, Kind.STALE, Kind.THROTTLED)


def trash_routes(trash: Trash) -> APIRouter:
    router = APIRouter(tags=["trash"])

    @router.delete("/nodes/{node_id}", response_model=TrashItem, responses=CHANGES)
    async def trash_node(
        caller: Identified, node_id: Id, command_id: CommandId, if_revision: ExpectedRevision
    ) -> Response:
        """Move a node, with all that is below it, to the trash."""
        return encoded_at(await trash.put(caller, node_id, command_id=command_id, if_revision=if_revision))

    @router.get("/trash", response_model=TrashPage, responses=answers(Kind.UNAUTHENTICATED))
    async def list_trash(caller: Identified, limit: PageLimit = 200, cursor: Cursor = "") -> Response:
        """What can be restored, latest deletion first."""
        return encoded_at(await trash.list(caller, limit=limit, cursor=cursor))

    @router.post("/trash/{node_id}/restore", response_model=Node, responses=CHANGES)
    async def restore_node(
        caller: Identified, node_id: Id, command_id: CommandId, body: Restoration | None = None
    ) -> Response:
        """Take a node out of the trash, with the same ids."""
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

    return router
