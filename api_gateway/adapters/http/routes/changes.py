"""What happened to a drive: page by page, or as it happens."""

from contextlib import ExitStack
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from api_gateway.adapters.http.encoding import encoded_at
from api_gateway.adapters.http.event_stream import EventStream
from api_gateway.adapters.http.models import changes as models
from api_gateway.adapters.http.operation import Identified, Operation, identify
from api_gateway.adapters.http.parameters import PageLimit
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.wiring import ChangeHubPort, ChangesPort, bounds_of
from api_gateway.domain.changes import ChangePage
from api_gateway.domain.nodes import At

router = APIRouter(route_class=Operation, tags=["changes"])
Place = Annotated[
    str,
    Query(max_length=4096, description="`next_cursor` of the page before, or an entry's; empty: from now on"),
]
_EVENTS = f"""retry: 2000
id: {models.CURSOR}

id: {models.CURSOR}
event: change
data: {{"seq":41,"at":"2026-05-04T10:30:00Z","changes":[],"cursor":"{models.CURSOR}"}}

"""
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, until the token expires or one side ends it",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "examples": {"changes": {"value": _EVENTS}},
            }
        },
    }
}
_REFUSALS = ("cursor_invalid", "cursor_reset", "too_many_listeners")


@router.get(
    "/changes",
    response_model=models.ChangePage,
    summary="What happened since",
    openapi_extra=declares(*_REFUSALS, headers=("Stowage-Seq",)),
)
async def list_changes(
    request: Request,
    changes: ChangesPort,
    hub: ChangeHubPort,
    caller: Identified,
    limit: PageLimit = 200,
    cursor: Place = "",
    wait: Annotated[
        int, Query(ge=0, le=30, description="Seconds to wait for something to happen, if nothing did")
    ] = 0,
) -> Response:
    """To mirror your drive: ask without a cursor, list all folders, and then ask on with the cursor that came first.
    Take a node's newer `seq` over an older one: listings may be ahead of the changes. A folder that comes in and that
    you do not hold is told alone: list it, with all that is below it.

    A page holds whole transactions, so that they can be taken over at once; `limit` counts these. It may be shorter
    than asked for, even if `more` follows. Answers `cursor_reset` when what happened since is not known any more,
    because it is too old or the server was restored from a backup: then list everything anew.
    """
    if not wait or not cursor:
        return encoded_at(await changes.page(caller, cursor=cursor, limit=limit))
    with hub.listening(caller, cursor) as listener:
        at = await listener.read(limit)
        if at.answer.items:
            return encoded_at(at)
        entries = await listener.next(min(wait, bounds_of(request).waiting_seconds), limit)
        # While it waited, the session may have ended.
        await identify(request)
        page = ChangePage(
            entries, entries[-1].cursor if entries else at.answer.next_cursor, more=listener.has_more
        )
        return encoded_at(At(page, f"{listener.place.history}.{listener.place.seq}"))


@router.get(
    "/changes/stream",
    response_class=Response,
    responses=_STREAM,
    summary="What happens, as it happens",
    openapi_extra=declares(*_REFUSALS),
)
async def stream_changes(
    request: Request,
    hub: ChangeHubPort,
    caller: Identified,
    cursor: Annotated[
        str, Query(max_length=4096, description="A cursor of `GET /changes`; empty: from now on")
    ] = "",
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", max_length=4096, description="Where to go on; wins over `cursor`"),
    ] = None,
    seconds: Annotated[
        int,
        Query(ge=1, le=3600, description="The stream ends by itself after so long; go on from its last id"),
    ] = 3600,
) -> Response:
    """Server-sent events, for `EventSource` and `curl -N`: an event `change` for each entry of the journal, as in
    `GET /changes`, its `id` the cursor behind it. A browser goes on by itself after a break, with `Last-Event-ID`.

    Every 15 seconds session and rights are looked at again. An event `problem` is the last one, and says why, in the
    form of any refusal: `unauthenticated` when the access token that opened it has expired (close it, renew the token,
    and open another at `cursor=` the last id), `session_ended`, `cursor_reset`. A stream that ends without one is to be
    gone on with.
    """
    bounds = bounds_of(request)
    with ExitStack() as lease:
        listener = lease.enter_context(hub.listening(caller, last_event_id or cursor))
        at = await listener.read(limit=64)
        first = at.answer.items
        return EventStream(
            listener,
            lease.pop_all(),
            first=first,
            start=(last_event_id or cursor) if first else at.answer.next_cursor,
            stay=partial(identify, request),
            seconds=min(seconds, bounds.stream_seconds),
            chunk_seconds=bounds.taking_seconds,
        )
