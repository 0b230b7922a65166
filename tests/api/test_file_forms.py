"""Many small files in one form: a result for each, and one that is refused spoils no other."""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from api_gateway.domain.uploads import MAX_FORM_BYTES, SignedPart
from chassis.errors import Unavailable
from tests.api.conftest import Door, Json, OpenDoor
from tests.fakes.gateway import GatewayWorld

BOUNDARY = "b0undary"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def field(name: str, content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(plan: object, contents: Sequence[bytes]) -> bytes:
    fields = [field("plan", json.dumps(plan).encode()), *(field("file", each) for each in contents)]
    return b"".join(fields) + f"--{BOUNDARY}--\r\n".encode()


def form_of_plan(plan: bytes) -> bytes:
    return field("plan", plan) + f"--{BOUNDARY}--\r\n".encode()


async def send(door: Door, body: bytes, **headers: str) -> httpx.Response:
    return await door.post("/files:batch", content=body, headers={"Content-Type": TYPE} | headers)


async def put(door: Door, files: Sequence[Json], contents: Sequence[bytes], **plan: Any) -> list[Json]:
    answer = await send(door, form({"files": files, **plan}, contents))
    assert answer.status_code == 200, answer.text
    results: list[Json] = answer.json()["files"]
    return results


def codes(results: Sequence[Json]) -> list[str | None]:
    return [result["problem"] and result["problem"]["code"] for result in results]


async def content_of(door: Door, result: Json) -> bytes:
    answer = await door.get(f"/files/{result['file']['node_id']}/content?relay=1")
    return answer.content


async def test_all_of_them_become_files_where_and_as_the_plan_says(ada: Door) -> None:
    films = (await ada.folder("films"))["id"]
    await ada.file(b"first", "taken")
    contents = [b"one", b"", b"\r\n--b0undar" * 5000, b"four"]
    files = [
        {"name": "a.txt", "size": 3, "sha256": sha256(b"one"), "content_type": "text/plain"},
        {"name": "empty"},
        {"name": "looks like a boundary", "folder_id": films},
        {"name": "taken"},
    ]
    answer = await send(ada, form({"conflict": "rename", "files": files}, contents))

    results = answer.json()["files"]
    assert codes(results) == [None] * 4
    assert answer.headers["stowage-seq"]
    assert [await content_of(ada, each) for each in results] == contents
    assert results[3]["file"]["name"] == "taken (2)"
    node = (await ada.get(f"/nodes/{results[0]['file']['node_id']}")).json()
    assert node["content_type"] == "text/plain"
    inside = (await ada.get(f"/folders/{films}/entries")).json()["items"]
    assert [each["name"] for each in inside] == ["looks like a boundary"]


async def test_each_is_refused_by_itself(ada: Door) -> None:
    await ada.file(b"first", "taken.txt")
    cases: dict[str, tuple[Json, bytes, str | None]] = {
        "good": ({}, b"good", None),
        "taken.txt": ({}, b"taken", "name_taken"),
        "nowhere": ({"folder_id": "f" * 32}, b"x", "node_not_found"),
        "other bytes": ({"sha256": sha256(b"these")}, b"those", "part_refused"),
        "shorter": ({"size": 5}, b"four", "part_refused"),
        "longer": ({"size": 3}, b"four", "part_refused"),
        "said to be large": ({"size": 8 * 2**20 + 1}, b"four", "too_large_for_form"),
        "large": ({}, bytes(8 * 2**20 + 1), "too_large_for_form"),
        "good, too": ({}, b"good", None),
        "never came": ({}, b"", "parts_missing"),
    }
    files = [{"name": name, **more} for name, (more, _, _) in cases.items()]
    results = await put(ada, files, [content for _, content, _ in cases.values()][:-1])
    assert dict(zip(cases, codes(results), strict=True)) == {
        name: code for name, (_, _, code) in cases.items()
    }
    assert (results[0]["status"], results[1]["status"]) == (200, 409)
    names = {each["name"] for each in (await ada.get("/folders/root/entries")).json()["items"]}
    assert names == {"good", "good, too", "taken.txt"}


async def test_of_a_form_that_is_cut_what_was_whole_goes_in(ada: Door, world: GatewayWorld) -> None:
    body = form({"files": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}, [b"one", b"two", b"three"])
    answer = await send(ada, body[: body.index(b"two") + 2])
    assert codes(answer.json()["files"]) == [None, "part_refused", "parts_missing"]
    assert world.spool.free_bytes == 32 * 2**20


async def test_nothing_is_begun_if_no_file_is_sound(ada: Door, world: GatewayWorld) -> None:
    results = await put(ada, [{"name": "a", "size": 1}], [b"four"])
    assert codes(results) == ["part_refused"]
    assert world.bundles.command_ids == []


async def test_the_same_again_is_done_once_and_others_are_told_apart(ada: Door) -> None:
    body, key = form({"files": [{"name": "a"}]}, [b"one"]), {"Idempotency-Key": "once"}
    first, again = await send(ada, body, **key), await send(ada, body, **key)
    assert first.json() == again.json()
    assert len((await ada.get("/folders/root/entries")).json()["items"]) == 1
    other = await send(ada, form({"files": [{"name": "b"}]}, [b"one"]), **key)
    assert (other.status_code, other.json()["code"]) == (409, "command_id_reused")


async def test_a_file_that_storage_does_not_take_says_so_and_goes_in_with_the_same_key(
    ada: Door, world: GatewayWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, key = form({"files": [{"name": "a"}, {"name": "b"}]}, [b"one", b"two"]), {"Idempotency-Key": "k"}
    take, tries = world.storage.send, []

    async def send_one(part: SignedPart, chunks: AsyncIterator[bytes]) -> str:
        tries.append(part.number)
        if part.number == 2 and len(tries) < 4:
            raise Unavailable("Storage did not take the part.")
        return await take(part, chunks)

    monkeypatch.setattr(world.storage, "send", send_one)
    first = (await send(ada, body, **key)).json()["files"]
    assert (codes(first), first[1]["status"]) == ([None, "unavailable"], 503)
    assert sorted(tries) == [1, 2, 2]
    second = (await send(ada, body, **key)).json()["files"]
    assert codes(second) == [None, None]
    assert [await content_of(ada, each) for each in second] == [b"one", b"two"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "form_malformed"),
        (b"no form", 422, "form_malformed"),
        (form({"files": [{"name": "a"}]}, []).replace(BOUNDARY.encode(), b"another"), 422, "form_malformed"),
        (field("file", b"x") + field("plan", b"{}"), 422, "form_malformed"),
        (form({"files": [{"name": "a"}]}, [b"one", b"two"]), 422, "form_malformed"),
        (field("plan", b'{"files":[{"name":"a"}]}') + field("other", b"x"), 422, "form_malformed"),
        (field("plan", b'{"files":[')[:-2], 422, "form_malformed"),
        (form_of_plan(b"{"), 422, "body_malformed"),
        (form_of_plan(b'{"files":[],"files":[]}'), 422, "body_malformed"),
        (form({"files": []}, []), 422, "invalid_argument"),
        (form({"files": [{"name": "a"}] * 101}, []), 422, "invalid_argument"),
        (form({"files": [{"name": "a", "sha256": "no"}]}, []), 422, "invalid_argument"),
        (form({"files": [{"name": "a", "wings": 2}]}, []), 422, "invalid_argument"),
        (field("plan", bytes(2**20 + 1)), 413, "body_too_large"),
    ],
    ids=[
        "nothing",
        "no form",
        "another boundary",
        "plan last",
        "one too many",
        "other field",
        "half a plan",
        "no JSON",
        "a name twice",
        "no files",
        "too many",
        "no hash",
        "unknown field",
        "long plan",
    ],
)
async def test_what_is_no_form_of_files_puts_none(
    ada: Door, world: GatewayWorld, body: bytes, status: int, code: str
) -> None:
    answer = await send(ada, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert world.bundles.command_ids == []
    assert world.spool.free_bytes == 32 * 2**20


async def test_what_a_form_says_wrongly_is_named(ada: Door) -> None:
    answer = await send(ada, form({"files": [{"name": "a"}, {"name": 7}]}, []))
    assert "plan.files.1.name" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("media_type", "status", "code"),
    [
        ("application/json", 415, "unsupported_media_type"),
        ("multipart/mixed; boundary=x", 415, "unsupported_media_type"),
        ("multipart/form-data", 422, "form_malformed"),
        (f"multipart/form-data; boundary={'x' * 300}", 422, "form_malformed"),
    ],
)
async def test_only_forms_with_a_boundary_are_read(
    ada: Door, media_type: str, status: int, code: str
) -> None:
    answer = await send(ada, form({"files": [{"name": "a"}]}, [b"x"]), **{"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_form_tells_its_length_and_has_a_bound(ada: Door) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield form({"files": [{"name": "a"}]}, [b"x"])

    unknown = await ada.post("/files:batch", content=body(), headers={"Content-Type": TYPE})
    assert (unknown.status_code, unknown.json()["code"]) == (411, "length_required")
    more = form({"files": [{"name": "a"}]}, [bytes(MAX_FORM_BYTES)])
    large = await send(ada, more)
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")


async def test_headers_of_a_field_have_bounds(ada: Door) -> None:
    opening = f"--{BOUNDARY}\r\n".encode()
    for head in (b"X: y\r\n" * 17, b"X: " + b"y" * 9000 + b"\r\n"):
        answer = await send(ada, opening + head + b"\r\n")
        assert (answer.status_code, answer.json()["code"]) == (422, "form_malformed")


async def test_who_has_enough_on_its_way_is_told_to_come_back(ada: Door, world: GatewayWorld) -> None:
    body = form({"files": [{"name": "a"}]}, [b"x"])
    async with world.spool.hold(ada.account_id, 16 * 2**20):
        held = await send(ada, body)
    assert (held.status_code, held.json()["code"]) == (429, "relay_busy")
    with world.places.taken_by(ada.account_id, places=60):
        many = await send(ada, body)
    assert (many.status_code, many.json()["code"]) == (429, "too_many_relays")
    assert (await send(ada, body)).status_code == 200
    assert world.places.taken == 0


async def test_into_somebody_else_s_folder_no_file_goes(ada: Door, open_door: OpenDoor) -> None:
    films = (await ada.folder("films"))["id"]
    bob = await open_door()
    await bob.sign_up("bob@example.com")
    assert codes(await put(bob, [{"name": "a", "folder_id": films}], [b"x"])) == ["node_not_found"]
    assert codes(await put(bob, [{"name": "a"}], [b"x"], folder_id=films)) == ["node_not_found"]


async def test_a_stranger_s_form_is_not_read(door: Door) -> None:
    answer = await send(door, b"no form")
    assert answer.status_code == 401
