"""The edges of the surface: what is not there, what is too much, who may ask from a browser, how it is."""

import pytest

from api_gateway.adapters.http.wiring import Bounds
from chassis.errors import Unavailable
from tests.api.conftest import Door, OpenDoor
from tests.fakes.gateway import GatewayWorld

ORIGIN = "https://files.example.com"


@pytest.mark.parametrize("path", ["/nothing", "/account/", "/uploads/x/y/z", "/paths"])
async def test_what_is_not_there_is_a_problem(ada: Door, path: str) -> None:
    answer = await ada.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/accounts", "POST"),
        ("PUT", "/sessions/refresh", "POST"),
        ("DELETE", "/sessions/refresh", "POST"),
        ("POST", "/nodes/root", "DELETE, GET, HEAD, PATCH"),
        ("PUT", "/uploads", "GET, HEAD, POST"),
        ("OPTIONS", "/account", "GET, HEAD, PATCH"),
        ("TRACE", "/account", "GET, HEAD, PATCH"),
        ("BREW", "/account", "GET, HEAD, PATCH"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(ada: Door, method: str, path: str, allowed: str) -> None:
    answer = await ada.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


async def test_a_usable_request_id_comes_back(ada: Door) -> None:
    answer = await ada.get("/account", headers={"X-Request-Id": "my-own.request:1"})
    assert answer.headers["x-request-id"] == "my-own.request:1"


@pytest.mark.parametrize(
    "request_id", ["short", "with space here", "x" * 65, "line%0abreak!", "<script>alert(1)"]
)
async def test_an_unusable_request_id_is_replaced(ada: Door, request_id: str) -> None:
    answer = await ada.get("/account", headers={"X-Request-Id": request_id})
    assert len(answer.headers["x-request-id"]) == 32


@pytest.mark.parametrize("headers", [{"X-Large": "x" * 40_000}, {f"X-{n}": "x" for n in range(120)}])
async def test_too_many_headers_are_refused(ada: Door, headers: dict[str, str]) -> None:
    answer = await ada.get("/account", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (431, "headers_too_large")


async def test_what_nobody_expected_is_opaque(ada: Door, world: GatewayWorld) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the table stowage_secrets has no such column")

    world.tree.drive = fail  # type: ignore[assignment]  # a fault
    answer = await ada.get("/drive")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "stowage_secrets" not in answer.text


async def test_a_service_that_is_away_is_503_and_may_be_asked_again(ada: Door, world: GatewayWorld) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable("file-metadata-service does not answer.", retry_after_seconds=2.5)

    world.tree.drive = away  # type: ignore[assignment]  # a fault
    answer = await ada.get("/drive")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")


async def test_browsers_on_other_sites_get_nothing_by_default(ada: Door) -> None:
    answer = await ada.get("/account", headers={"Origin": ORIGIN})
    preflight = await ada.request(
        "OPTIONS", "/account", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    )
    assert "access-control-allow-origin" not in answer.headers
    assert (preflight.status_code, "access-control-allow-origin" in preflight.headers) == (405, False)


async def test_an_allowed_origin_may_ask_and_read(open_door: OpenDoor) -> None:
    door = await open_door(Bounds(cors_origins=frozenset({ORIGIN})))
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}

    preflight = await door.http.options("/api/v1/account", headers=asked)
    refused = await door.get("/account", headers={"Origin": ORIGIN})

    assert preflight.status_code == 204
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    assert "Idempotency-Key" in preflight.headers["access-control-allow-headers"]
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == ORIGIN
    assert "Stowage-Seq" in refused.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in refused.headers


async def test_an_allowed_origin_may_read_what_went_wrong(open_door: OpenDoor, world: GatewayWorld) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    door = await open_door(Bounds(cors_origins=frozenset({ORIGIN})))
    await door.sign_up()
    world.tree.drive = fail  # type: ignore[assignment]  # a fault
    failed = await door.get("/drive", headers={"Origin": ORIGIN})
    too_much = await door.get("/drive", headers={"Origin": ORIGIN, "X-Large": "x" * 40_000})
    assert (failed.status_code, too_much.status_code) == (500, 431)
    assert failed.headers["access-control-allow-origin"] == ORIGIN
    assert too_much.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("asked", ["GET", "PATCH"])
async def test_no_origin_is_ever_let_in_with_cookies(open_door: OpenDoor, asked: str) -> None:
    door = await open_door(Bounds(cors_origins=frozenset({ORIGIN})))
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": asked}
    preflight = await door.http.options("/api/v1/account", headers=headers)
    assert "access-control-allow-credentials" not in preflight.headers
    assert "Stowage-Csrf" not in preflight.headers["access-control-allow-headers"]
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert preflight.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "null", f"{ORIGIN}.evil.com", f"{ORIGIN}:444"]
)
async def test_another_origin_gets_nothing_beside_an_allowed_one(open_door: OpenDoor, origin: str) -> None:
    door = await open_door(Bounds(cors_origins=frozenset({ORIGIN})))
    answer = await door.get("/account", headers={"Origin": origin})
    preflight = await door.request(
        "OPTIONS", "/account", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}
    )
    assert "access-control-allow-origin" not in answer.headers
    assert preflight.status_code == 405
    assert answer.headers["vary"] == "Origin"


async def test_it_is_alive(door: Door) -> None:
    assert (await door.get("/health/live")).json() == {"alive": True}


async def test_a_missing_service_takes_only_its_own_part_along(door: Door, world: GatewayWorld) -> None:
    world.capabilities.set("uploads", "no instance of file-upload-service is known")
    answer = await door.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "missing": {"uploads": "no instance of file-upload-service is known"},
        "capabilities": {"users": True, "metadata": True, "uploads": False},
    }


async def test_going_down_it_is_not_ready_and_says_why(door: Door, world: GatewayWorld) -> None:
    world.health.stop_serving()
    answer = await door.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["missing"] == {"serving": "shutting down"}


async def test_the_pages_ask_no_third_party_for_anything(door: Door) -> None:
    for path in ("/", "/docs", "/docs/start.js"):
        page = await door.http.get(path)
        assert page.status_code == 200
        assert "http://" not in page.text
        assert "https://" not in page.text
    for asset in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon.png"):
        assert (await door.http.get(f"/docs/assets/{asset}")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/docs/assets/nothing.js", "/docs/assets/..%2f__init__.py", "/docs/assets/"]
)
async def test_there_is_nothing_else_beside_the_assets(door: Door, path: str) -> None:
    answer = await door.http.get(path)
    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"] == "application/problem+json"
