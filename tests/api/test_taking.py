"""What is taken from a request directly is what FastAPI would take, and what is wrong is said as FastAPI says it."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api_gateway.adapters.http.application import _ROUTERS
from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.errors import handle_errors
from api_gateway.adapters.http.operation import Operation
from api_gateway.adapters.http.parameters import Cursor, NodeId, PageLimit, Seen, VersionNumber
from api_gateway.adapters.http.served import Served
from api_gateway.adapters.http.taking import Unfit, taker_of
from chassis.errors import InvalidArgument

router = APIRouter(route_class=Operation)


class Body(BaseModel):
    name: str


async def _doubled(request: Request, size: Annotated[int, Query(ge=1)] = 3) -> int:
    """Refuses in its own words, before what is wrong with the operation's own parameters is said."""
    if size == 13:
        raise InvalidArgument("Not 13.")
    return 2 * size + len(request.headers.getlist("x-more"))


@router.get("/nodes/{node_id}/versions/{number}")
async def page(
    node_id: NodeId,
    number: VersionNumber,
    seen: Seen,
    doubled: Annotated[int, Depends(_doubled)],
    limit: PageLimit = 200,
    cursor: Cursor = "",
    order: Literal["asc", "desc"] = "asc",
    mark: Annotated[str | None, Header(alias="If-Match", max_length=5)] = None,
    *,
    deep: Annotated[bool, Query()] = False,
) -> Response:
    return encoded([node_id, number, seen, doubled, limit, cursor, order, mark, deep])


@router.get("/wanted")
async def wanted(word: Annotated[str, Query(min_length=2)]) -> Response:
    return encoded(word)


@router.get("/several")
async def several(words: Annotated[list[str], Query()]) -> Response:
    return encoded(words)


@router.post("/bodies")
async def bodies(body: Body) -> Response:
    return encoded(body.name)


@router.get("/models", response_model=Body)
async def models() -> Body:
    return Body(name="x")


PAGE = "/nodes/root/versions/1"


def routes() -> Iterator[APIRoute]:
    yield from (route for route in router.routes if isinstance(route, APIRoute))


def served() -> FastAPI:
    app = FastAPI()
    handle_errors(app)
    app.router.routes.extend(Served.of(route, "") for route in routes())
    return app


def plain() -> FastAPI:
    app = FastAPI()
    handle_errors(app)
    app.include_router(router)
    return app


async def ask(app: FastAPI, url: str, headers: list[tuple[str, str]]) -> tuple[int, Any, dict[str, str]]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answer = await client.get(url, headers=headers)
    said = answer.json()
    if isinstance(said, dict):
        said.pop("request_id", None)
    return answer.status_code, said, dict(answer.headers)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (PAGE, 200),
        (f"{PAGE}?limit=7&cursor=abc&order=desc&deep=true&size=9", 200),
        (f"{PAGE}?limit=7&limit=8", 200),
        (f"{PAGE}?limit=%37&cursor=%C3%84+%2B", 200),
        (f"{PAGE}?unknown=1", 200),
        (f"{PAGE}?deep=yes", 200),
        (f"{PAGE}?cursor=", 200),
        (f"{PAGE}?limit=", 422),
        (f"{PAGE}?limit=x", 422),
        (f"{PAGE}?limit=0&order=up&deep=perhaps", 422),
        (f"{PAGE}?size=0", 422),
        (f"{PAGE}?size=13", 422),
        (f"{PAGE}?size=13&limit=x", 422),
        ("/nodes/nobody/versions/0", 422),
        ("/nodes/root/versions/one?limit=x", 422),
        ("/wanted", 422),
        ("/wanted?word=x", 422),
        ("/wanted?word=xy", 200),
        ("/several?words=a&words=b", 200),
        ("/several", 422),
        ("/models", 200),
        ("/bodies", 405),
        ("/nodes", 404),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("If-Match", "abc"), ("X-More", "1"), ("X-More", "2")],
        [("If-Match", "ab"), ("If-Match", "too long a mark")],
        [("If-Match", "too long a mark")],
        [("Stowage-Seq", "aa.bb.1"), ("Stowage-Seq", "aa.cc.2, aa.dd.3")],
        [("Stowage-Seq", "nonsense")],
    ],
    ids=str,
)
async def test_both_ways_answer_alike(url: str, status: int, headers: list[tuple[str, str]]) -> None:
    here, there = await ask(served(), url, headers), await ask(plain(), url, headers)
    assert here == there
    assert headers or here[0] == status


def test_what_is_plain_is_taken_directly_and_everything_else_is_left() -> None:
    directly = {route.path for route in routes() if taker_of(route.dependant, route.endpoint) is not None}
    assert directly == {"/nodes/{node_id}/versions/{number}", "/wanted"}


def test_listing_and_looking_take_the_short_way() -> None:
    operations = {
        route.name: route for each in _ROUTERS for route in each.routes if isinstance(route, Operation)
    }
    for name in ("list_folder", "get_node", "trash_node"):
        served_so = Served.of(operations[name], "")
        assert served_so.app.__qualname__.startswith("_directly_served"), name  # type: ignore[attr-defined]


async def test_nothing_is_called_with_what_is_not_fit() -> None:
    called = []

    async def endpoint(number: Annotated[int, Query(ge=1)]) -> Response:
        called.append(number)
        return Response()

    route = APIRoute("/", endpoint)
    take = taker_of(route.dependant, endpoint)
    assert take is not None
    for said in (b"", b"number=", b"number=0", b"number=x"):
        scope = {"type": "http", "path_params": {}, "query_string": said, "headers": []}
        with pytest.raises(Unfit):
            await take(Request(scope))
    assert called == []
