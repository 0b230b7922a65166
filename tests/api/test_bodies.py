"""Bodies: how much, how deep, how long, and what is in them."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from api_gateway.adapters.http.wiring import Bounds
from tests.api.conftest import Door, OpenDoor
from tests.fakes.gateway import GatewayWorld

JSON = {"Content-Type": "application/json"}
FOLDER = {"parent_id": "root", "name": "films"}


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_body_that_says_it_is_too_large_is_not_read(ada: Door) -> None:
    answer = await ada.post("/folders", content=b"{}", headers={**JSON, "Content-Length": "10000000"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_body_that_does_not_say_so_is_cut_off(ada: Door) -> None:
    answer = await ada.post("/folders", content=chunks(*[b" " * 2**19] * 20), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_body_of_just_the_bound_is_read(ada: Door) -> None:
    body = json.dumps(FOLDER).encode().ljust(2**20)
    assert (await ada.post("/folders", content=body, headers=JSON)).status_code == 201


async def test_a_body_that_does_not_come_is_given_up(open_door: OpenDoor) -> None:
    door = await open_door(Bounds(body_seconds=0.01))

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    answer = await door.post("/sessions", content=never(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"nonsense",
        b'{"parent_id": "root", "name": "films",}',
        b"\xff\xfe",
        b'{"name": "\xc3"}',
        b'{"name": "\\ud800", "parent_id": "root"}',
        b"NaN",
        b'{"name": "films", "parent_id": "root", "size": [-Infinity]}',
        b"[1e400]",
        b"1" * 5000,
        b'["\\uDC00\\ud800"]',
        b'{"\\ud83dx": 1}',
        '{"parent_id": "root", "name": "films"}'.encode("utf-16"),
        b'{"parent_id": "root", "name": "a\tb"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b"[" * 17 + b"]" * 17,
        b'{"name": "films", "parent_id": "root", "name": "music"}',
        b'{"name": "films", "parent_id": "root", "conflict": {"a": 1, "a": 1}}',
        b'{"name": "films", "parent_id": "root", "n\\u0061me": "music"}',
        b'{"a":' * 17 + b"[]" + b"}" * 17,
        b'{"a":' * 500 + b"1" + b"}" * 500,
    ],
)
async def test_what_is_no_json_of_ours_is_malformed(ada: Door, content: bytes) -> None:
    answer = await ada.post("/folders", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "body_malformed")


async def test_a_pair_of_surrogates_is_one_character(ada: Door) -> None:
    body = b'{"parent_id": "root", "name": "\\ud83d\\uDE00 \\\\ud800"}'
    answer = await ada.post("/folders", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["name"]) == (201, "\U0001f600 \\ud800")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
async def test_a_body_that_does_not_say_it_is_json_is_refused(ada: Door, kind: str) -> None:
    answer = await ada.post("/folders", content=json.dumps(FOLDER).encode(), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_charset_does_no_harm(ada: Door) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert (
        await ada.post("/folders", content=json.dumps(FOLDER).encode(), headers=headers)
    ).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "films",
        {},
        {"name": "films"},
        {"parent_id": "root", "name": 5},
        {"parent_id": "root", "name": None},
        {"parent_id": "../root", "name": "films"},
        {"parent_id": "root", "name": "films", "colour": "red"},
        {"parent_id": "root", "name": "films", "conflict": "replace"},
        {"parent_id": "root", "name": "x" * 2000},
    ],
)
async def test_a_body_of_the_wrong_form_is_refused(ada: Door, body: object) -> None:
    answer = await ada.post("/folders", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


@pytest.mark.parametrize("size", [-1, 1.5, "5", True, 2**63, 10**30, 1e300])
async def test_a_size_that_no_file_can_have_is_refused(ada: Door, size: object) -> None:
    answer = await ada.post("/uploads", json={"folder_id": "root", "name": "x", "size": size})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")


async def test_a_refusal_never_repeats_what_was_said(door: Door) -> None:
    answer = await door.post("/sessions", json={"email": "ada@example.com", "password": ["hunter2"]})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("k", 201),
        ("two words ~!", 201),
        ("x" * 128, 201),
        ("x" * 129, 422),
        ("", 422),
        ("tab\there", 422),
        ("é", 422),
    ],
)
async def test_an_idempotency_key_is_printable_ascii(ada: Door, key: str, status: int) -> None:
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    answer = await ada.post("/folders", json=FOLDER, headers=headers)
    assert answer.status_code == status


async def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(
    ada: Door, world: GatewayWorld
) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await ada.post("/folders", json=FOLDER, headers=headers)
    again = await ada.post("/folders", json=FOLDER, headers=headers)
    other = await ada.post("/folders", json={**FOLDER, "name": "other"}, headers=headers)

    assert first.json() == again.json()
    assert other.json()["code"] == "command_id_reused"
    assert world.tree.command_ids == ["once"] * 3


async def test_without_a_key_every_command_has_one_of_its_own(ada: Door, world: GatewayWorld) -> None:
    await ada.folder("one")
    await ada.folder("two")
    assert len({*world.tree.command_ids}) == 2


@pytest.mark.parametrize("size", ["4", "4.0", "4e0", "0.4e1"])
async def test_a_whole_number_is_one_however_it_is_written(ada: Door, size: str) -> None:
    body = f'{{"folder_id": "root", "name": "notes.txt", "size": {size}}}'.encode()
    answer = await ada.post("/uploads", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["upload"]["size"]) == (201, 4)


@pytest.mark.parametrize("size", ["4.5", "true", '"4"', "-4.0", "1e300"])
async def test_what_is_no_whole_number_is_refused(ada: Door, size: str) -> None:
    body = f'{{"folder_id": "root", "name": "notes.txt", "size": {size}}}'.encode()
    answer = await ada.post("/uploads", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_argument")
