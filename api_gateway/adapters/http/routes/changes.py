"""What happened to a drive: page by page."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.models import changes as models
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import PageLimit
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.wiring import ChangesPort

router = APIRouter(route_class=Operation, tags=["changes"])
Place = Annotated[
    str,
    Query(max_length=4096, description="`next_cursor` of the page before, or an entry's; empty: from now on"),
]


@router.get(
    "/changes",
    response_model=models.ChangePage,
    summary="What happened since",
    openapi_extra=declares("cursor_invalid", "cursor_reset", headers=("Stowage-Seq",)),
)
async def list_changes(
    changes: ChangesPort, caller: Identified, limit: PageLimit = 200, cursor: Place = ""
) -> Response:
    """To mirror your drive: ask without a cursor, list all folders, and then ask on with the cursor that came first.
    Take a node's newer `seq` over an older one; what comes in was listed by then, perhaps.

    A page holds whole transactions, so that they can be taken over at once; `limit` counts these. It may be shorter
    than asked for, even if `more` follows. Answers `cursor_reset` when what happened since is not known any more,
    because it is too old or the server was restored from a backup: then list everything anew.
    """
    return encoded_at(await changes.page(caller, cursor=cursor, limit=limit))
