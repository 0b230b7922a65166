"""Every bound of the front door: what is just on it goes through, one more is refused."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api_gateway.adapters.http.application import described
from api_gateway.adapters.http.bodies import MAX_DEPTH, STRANGERS_BYTES
from api_gateway.adapters.http.middleware import MAX_HEADER_BYTES, MAX_HEADERS
from api_gateway.adapters.http.wiring import Bounds
from tests.api.conftest import PASSWORD, Door, OpenDoor

JSON = {"Content-Type": "application/json"}
SHA = "0" * 64
BOUNDS = {"maxLength", "pattern", "enum", "const", "maximum", "maxItems"}
# HTTP's own bounds hold for these: on the head of a request, and on a part by its length.
BOUNDED_BY_HTTP = {
    "resolve_path path",
    "get_content If-Range",
    "get_content If-None-Match",
    "head_content If-Range",
    "head_content If-None-Match",
    "relay_part body",
    "append_to_stream body",
}
# Named a second time, as one of which at least one is needed; the bound stands at the first.
BOUNDED_BESIDE = {
    f"{body} {name}"
    for body in ("update_node body", "run_batch body operations[]", "run_together body steps[]")
    for name in ("name", "parent_id")
}


def test_nothing_that_an_operation_takes_is_without_bounds() -> None:
    document = described()
    unbounded = {
        name
        for methods in document["paths"].values()
        for operation in methods.values()
        for name in _unbounded_of(operation, document)
    }
    assert unbounded == BOUNDED_BY_HTTP | BOUNDED_BESIDE


def _unbounded_of(operation: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    for each in operation.get("parameters", ()):
        parameter = _referred(each, document)
        yield from _unbounded(
            parameter["schema"], f"{operation['operationId']} {parameter['name']}", document
        )
    for content in _referred(operation.get("requestBody", {}), document).get("content", {}).values():
        yield from _unbounded(content["schema"], f"{operation['operationId']} body", document)


def _unbounded(reference: dict[str, Any], name: str, document: dict[str, Any]) -> Iterator[str]:
    schema = _referred(reference, document)
    for alternative in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(alternative, ()):
            yield from _unbounded(each, name, document)
    if schema.get("type") in ("string", "integer", "number", "array") and not BOUNDS & schema.keys():
        yield name
    if "items" in schema:
        yield from _unbounded(schema["items"], f"{name}[]", document)
    for field, each in schema.get("properties", {}).items():
        yield from _unbounded(each, f"{name} {field}", document)


def _referred(value: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        _, section, name = value["$ref"].rsplit("/", 2)
        value = document["components"][section][name]
    return value


@pytest.mark.parametrize(("more", "told"), [(0, 201), (1, 413)])
async def test_bodies_have_a_bound(ada: Door, more: int, told: int) -> None:
    body = b'{"parent_id":"root","name":"films"}'.ljust(Bounds().max_body_bytes + more)
    assert (await ada.post("/folders", content=body, headers=JSON)).status_code == told


@pytest.mark.parametrize("path", ["/accounts", "/sessions", "/sessions/refresh"])
@pytest.mark.parametrize(("more", "told"), [(0, "invalid_argument"), (1, "body_too_large")])
async def test_bodies_of_strangers_have_a_smaller_bound(door: Door, path: str, more: int, told: str) -> None:
    body = b'{"surprise":1}'.ljust(STRANGERS_BYTES + more)
    assert (await door.post(path, content=body, headers=JSON)).json()["code"] == told


@pytest.mark.parametrize(("more", "code"), [(0, "invalid_argument"), (1, "body_malformed")])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["arrays", "objects"])
async def test_depth_has_a_bound(ada: Door, opening: bytes, closing: bytes, more: int, code: str) -> None:
    deep = MAX_DEPTH + more
    innermost = b"" if opening == b"[" else b"0"
    body = opening * deep + innermost + closing * deep
    assert (await ada.post("/folders", content=body, headers=JSON)).json()["code"] == code


@pytest.mark.parametrize(("more", "told"), [(0, 200), (1, 431)])
async def test_headers_have_a_bound(ada: Door, more: int, told: int) -> None:
    sent = len(_request(ada, {}).headers)
    headers = {f"X-{number}": "x" for number in range(MAX_HEADERS - sent + more)}
    assert (await ada.get("/drive", headers=headers)).status_code == told


@pytest.mark.parametrize(("more", "told"), [(0, 200), (1, 431)])
async def test_the_bytes_of_a_head_have_a_bound(ada: Door, more: int, told: int) -> None:
    request = _request(ada, {"X-Long": ""})
    sent = len(request.url.raw_path) + sum(len(name) + len(value) for name, value in request.headers.raw)
    headers = {"X-Long": "x" * (MAX_HEADER_BYTES - sent + more)}
    assert (await ada.get("/drive", headers=headers)).status_code == told


def _request(door: Door, headers: dict[str, str]) -> httpx.Request:
    """As the door sends it."""
    headers = {"Authorization": f"Bearer {door.token}"} | headers
    return door.http.build_request("GET", "/api/v1/drive", headers=headers)


@pytest.mark.parametrize(
    "path", ["/folders/root/entries", "/trash", "/jobs", "/changes", "/uploads", "/files/$file/versions"]
)
async def test_pages_and_cursors_have_bounds(ada: Door, path: str) -> None:
    path = path.replace("$file", (await ada.file(b"four"))["id"])
    told = [(await ada.get(path, params={"limit": limit})).status_code for limit in (0, 1, 1000, 1001)]
    assert told == [422, 200, 200, 422]
    codes = [(await ada.get(path, params={"cursor": "A" * size})).json()["code"] for size in (4096, 4097)]
    assert codes == ["cursor_invalid", "invalid_argument"]


@pytest.mark.parametrize(("count", "told"), [(1, 200), (100, 200), (101, 422)])
async def test_parts_of_one_request_have_a_bound(ada: Door, count: int, told: int) -> None:
    upload = await ada.upload(101 * 2**23)
    parts = [{"number": number, "sha256": SHA} for number in range(1, count + 1)]
    assert (await ada.post(f"/uploads/{upload['id']}/urls", json={"parts": parts})).status_code == told


@pytest.mark.parametrize(("number", "told"), [(0, 422), (1, 200), (1000, 200), (1001, 422)])
async def test_numbers_of_parts_have_bounds(ada: Door, number: int, told: int) -> None:
    upload = await ada.upload(1000 * 2**23)
    parts = [{"number": number, "sha256": SHA}]
    assert (await ada.post(f"/uploads/{upload['id']}/urls", json={"parts": parts})).status_code == told


TEXTS = [
    ("/accounts", "email", 320, {"password": PASSWORD}),
    ("/accounts", "password", 1024, {"email": "new@example.com"}),
    ("/accounts", "display_name", 200, {"email": "new@example.com", "password": PASSWORD}),
    ("/sessions", "email", 320, {"password": PASSWORD}),
    ("/sessions", "password", 1024, {"email": "ada@example.com"}),
    ("/sessions", "device", 200, {"email": "ada@example.com", "password": PASSWORD}),
    ("/sessions/refresh", "refresh_token", 1024, {}),
    ("/account/password", "current_password", 1024, {"new_password": PASSWORD}),
    ("/account/password", "new_password", 1024, {"current_password": PASSWORD}),
    ("/folders", "name", 1024, {"parent_id": "root"}),
    ("/uploads", "name", 1024, {"folder_id": "root", "size": 1}),
    ("/uploads", "content_type", 255, {"folder_id": "root", "size": 1, "name": "a"}),
]


@pytest.mark.parametrize(
    ("path", "field", "bound", "rest"), TEXTS, ids=[f"{path} {field}" for path, field, *_ in TEXTS]
)
async def test_texts_have_bounds(
    ada: Door, path: str, field: str, bound: int, rest: dict[str, object]
) -> None:
    """On the bound a service may still refuse, in its own words."""
    complaint = f"body.{field}: String should have at most {bound} characters"
    on_it = await ada.post(path, json={field: "x" * bound, **rest})
    beyond = await ada.post(path, json={field: "x" * (bound + 1), **rest})
    assert complaint not in on_it.text
    assert (beyond.status_code, beyond.json()["code"]) == (422, "invalid_argument")
    assert complaint in beyond.text


async def test_the_bound_of_bodies_is_the_operators_to_set(open_door: OpenDoor) -> None:
    door = await open_door(Bounds(max_body_bytes=1024))
    body = b'{"email":"ada@example.com","password":"x"}'
    told = [
        (await door.post("/sessions", content=body.ljust(size), headers=JSON)).json()["code"]
        for size in (1024, 1025)
    ]
    assert told == ["credentials_wrong", "body_too_large"]


@pytest.mark.parametrize(
    ("path", "field", "most"), [("batch", "operations", 1000), ("together", "steps", 10)]
)
async def test_many_at_once_have_a_bound(ada: Door, path: str, field: str, most: int) -> None:
    for count, told in ((0, 422), (most, 200), (most + 1, 422)):
        operations = [
            {"op": "create_folder", "parent_id": "root", "name": f"f{number}"} for number in range(count)
        ]
        assert (await ada.post(f"/nodes:{path}", json={field: operations})).status_code == told


@pytest.mark.parametrize(("size", "told"), [(124, 200), (125, 422)])
async def test_the_key_of_many_leaves_room_for_their_numbers(ada: Door, size: int, told: int) -> None:
    body = {"operations": [{"op": "create_folder", "parent_id": "root", "name": "a"}]}
    answer = await ada.post("/nodes:batch", json=body, headers={"Idempotency-Key": "k" * size})
    assert answer.status_code == told
