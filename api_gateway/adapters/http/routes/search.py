"""Search by name, and the last changed files."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api_gateway.adapters.http.encoding import encoded_found
from api_gateway.adapters.http.models import search as models
from api_gateway.adapters.http.models.bases import EARLIER
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import Cursor, moment
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.wiring import SearchPort
from api_gateway.domain.nodes import FoundType
from api_gateway.ports.search import Sought

router = APIRouter(route_class=Operation, tags=["search"])

_MOST = 2**53 - 1
_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
Size = Annotated[int | None, Query(ge=0, le=_MOST, description="Files only; inclusive")]


@router.get(
    "/search",
    response_model=models.FoundPage,
    summary="Find folders and files by name",
    openapi_extra=declares(
        "node_not_found", "not_a_folder", "cursor_invalid", "time_invalid", headers=("Stowage-Seq",)
    ),
)
async def search_names(
    search: SearchPort,
    caller: Identified,
    q: Annotated[
        str,
        Query(
            max_length=255,
            description="Words and beginnings of words, at most 16, in any order, case, and with or without "
            "accents; empty for everything that passes the filters",
            examples=["holiday 2023"],
        ),
    ] = "",
    type: Annotated[  # noqa: A002  # the word for it
        FoundType | None, Query(description="Classes of files go by content type, else by extension")
    ] = None,
    min_size: Size = None,
    max_size: Size = None,
    after: Annotated[
        str | None, Query(pattern=_TIME, description="Updated then or later", examples=[EARLIER])
    ] = None,
    before: Annotated[str | None, Query(pattern=_TIME, description="Updated earlier")] = None,
    folder_id: Annotated[
        str | None,
        Query(pattern=r"^(root|[0-9a-f]{32})$", description="Only what lies below it, however deep"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="At most this many hits")] = 50,
    cursor: Cursor = "",
) -> Response:
    """The same name first, then names that begin so, then those that hold every word, then beginnings of words;
    among equals what was updated last. Nothing in the trash is found. Keep the question as it is from page to page.

    The answer is true at `Stowage-Seq`, which may be a moment ago.
    """
    sought = Sought(
        text=q,
        type=type,
        min_size=min_size,
        max_size=max_size,
        after=moment("after", after),
        before=moment("before", before),
        folder_id=folder_id,
    )
    return encoded_found(await search.find(caller, sought, limit=limit, cursor=cursor))


@router.get(
    "/recent",
    response_model=models.FoundPage,
    summary="The files that changed last",
    openapi_extra=declares("cursor_invalid", headers=("Stowage-Seq",)),
)
async def list_recent(
    search: SearchPort,
    caller: Identified,
    limit: Annotated[int, Query(ge=1, le=200, description="At most this many files")] = 50,
    cursor: Cursor = "",
) -> Response:
    """By the time of their content; moving and renaming do not count."""
    return encoded_found(await search.recent(caller, limit=limit, cursor=cursor))
