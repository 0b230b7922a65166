"""Every answer tells browsers what may be done with it."""

import re

import pytest

from api_gateway.adapters.http.addresses import networks
from api_gateway.adapters.http.browser_policy import ALWAYS, page_policy
from api_gateway.adapters.http.wiring import Bounds
from tests.api.conftest import Door, OpenDoor
from tests.fakes.gateway import GatewayWorld

ORIGIN = "https://files.example.com"
BOUNDS = Bounds(cors_origins=frozenset({ORIGIN}), trusted_proxies=networks(["192.0.2.7"]))
ASKED = [
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/docs/start.js"),
    ("GET", "/docs/assets/swagger-ui.css"),
    ("GET", "/docs/assets/nothing"),
    ("GET", "/openapi.json"),
    ("GET", "/health/live"),
    ("GET", "/nothing"),
    ("BREW", "/api/v1/account"),
    ("GET", "/api/v1/account"),
    ("POST", "/api/v1/sessions"),
    ("OPTIONS", "/api/v1/account"),
]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize(("method", "path"), ASKED)
async def test_no_answer_goes_out_without_its_headers(open_door: OpenDoor, method: str, path: str) -> None:
    door = await open_door(BOUNDS)
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    answer = await door.http.request(method, path, headers=headers)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["cache-control"]
    policy = directives(answer.headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]
    for closed in ("base-uri", "form-action", "frame-ancestors"):
        assert policy[closed] == ["'none'"]
    assert "'unsafe-inline'" not in policy.get("script-src", [])


@pytest.mark.parametrize(("method", "path"), ASKED)
@pytest.mark.parametrize(("said", "strict"), [("https", True), ("http", False)])
async def test_a_browser_is_held_to_https_once_it_has_come_so(
    open_door: OpenDoor, method: str, path: str, said: str, strict: bool
) -> None:
    door = await open_door(BOUNDS)
    answer = await door.http.request(method, path, headers={"X-Forwarded-Proto": said})
    assert ("strict-transport-security" in answer.headers) is strict


async def test_what_fails_has_them_too(ada: Door, world: GatewayWorld) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    world.tree.drive = fail  # type: ignore[assignment]  # a fault
    assert (await ada.get("/drive")).status_code == 500  # the door looks at the headers


async def test_what_people_put_here_runs_nothing_as_if_it_were_ours(ada: Door) -> None:
    file = await ada.file(b"<script>alert(1)</script>", "page.html")
    answer = await ada.get(f"/files/{file['id']}/content?relay=1")
    policy = directives(answer.headers["content-security-policy"])
    assert policy["sandbox"] == []
    assert policy["default-src"] == ["'none'"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_runs_its_own_scripts_only_and_talks_to_here_and_storage() -> None:
    policy = directives(page_policy(["https://s3.example.com"]))
    assert policy["default-src"] == policy["object-src"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert policy["worker-src"] == ["'self'"]
    assert policy["connect-src"] == policy["media-src"] == ["'self'", "https://s3.example.com"]
    assert policy["img-src"] == ["'self'", "data:", "blob:", "https://s3.example.com"]
    assert "frame-src" not in policy
    assert not re.search(r"\*|'unsafe-eval'|https?:[ ;]|http:(?!//)", page_policy([]))
