"""Uploads that grow at their end, through the relay."""

import os
from collections.abc import AsyncIterator

import pytest

from api_gateway.domain.stream_layout import MAX_STREAM_BYTES, part_at, stream_part
from api_gateway.domain.streams import CELL_BYTES, ReadableSegment, Segment, StreamTail
from api_gateway.domain.uploads import Upload
from tests.api.conftest import Door, OpenDoor
from tests.fakes.gateway import GatewayWorld
from tests.fakes.gateway_people import NOW

MIB = 2**20


async def begun(door: Door) -> str:
    body = {"folder_id": "root", "name": "stream.bin", "size": None}
    return str((await door.post("/uploads", json=body)).json()["upload"]["id"])


async def append(door: Door, upload_id: str, offset: int, content: bytes | AsyncIterator[bytes]) -> int:
    answer = await door.request("PUT", f"/uploads/{upload_id}/stream?offset={offset}", content=content)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["offset"])


async def finished(door: Door, world: GatewayWorld, upload_id: str, size: int) -> bytes:
    done = await door.post(f"/uploads/{upload_id}/complete", json={"size": size})
    assert done.status_code == 200, done.text
    return world.uploads.contents[done.json()["node_id"]]


@pytest.mark.parametrize(
    "sizes",
    [
        [1],
        [5, 7, 100, 3],
        [CELL_BYTES],
        [CELL_BYTES - 1, 2],
        [3 * CELL_BYTES + 5, 9],
        [1] * 60,
        [100_000, 10 * MIB, 1, 10 * MIB],
    ],
)
async def test_whatever_pieces_it_comes_in_it_is_the_file(
    ada: Door, world: GatewayWorld, sizes: list[int]
) -> None:
    content, offset = os.urandom(sum(sizes)), 0
    upload_id = await begun(ada)

    for size in sizes:
        assert await append(ada, upload_id, offset, content[offset : offset + size]) == offset + size
        offset += size
        assert (await ada.get(f"/uploads/{upload_id}")).json()["offset"] == offset

    assert await finished(ada, world, upload_id, offset) == content
    assert world.spool.accounts == 0


async def test_a_body_needs_no_length(ada: Door, world: GatewayWorld) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"hello"

    upload_id = await begun(ada)

    assert await append(ada, upload_id, 0, body()) == 25
    assert await finished(ada, world, upload_id, 25) == b"hello" * 5


async def test_a_body_without_bytes_adds_none(ada: Door) -> None:
    upload_id = await begun(ada)
    assert await append(ada, upload_id, 0, b"") == 0


@pytest.mark.parametrize("offset", [0, 4, 6, 2**53])
async def test_a_wrong_offset_is_told_the_right_one_and_changes_nothing(ada: Door, offset: int) -> None:
    upload_id = await begun(ada)
    await append(ada, upload_id, 0, b"hello")

    answer = await ada.request("PUT", f"/uploads/{upload_id}/stream?offset={offset}", content=b"x")

    assert (answer.status_code, answer.json()["code"], answer.json()["offset"]) == (409, "offset_wrong", 5)
    assert (await ada.get(f"/uploads/{upload_id}")).json()["offset"] == 5


async def test_the_length_at_the_end_must_be_the_one_that_it_has(ada: Door, world: GatewayWorld) -> None:
    upload_id = await begun(ada)
    await append(ada, upload_id, 0, b"hello")

    answer = await ada.post(f"/uploads/{upload_id}/complete", json={"size": 6})

    assert (answer.status_code, answer.json()["code"], answer.json()["offset"]) == (409, "offset_wrong", 5)
    assert await finished(ada, world, upload_id, 5) == b"hello"


async def test_what_storage_gives_back_otherwise_is_not_built_upon(ada: Door, world: GatewayWorld) -> None:
    upload_id = await begun(ada)
    await append(ada, upload_id, 0, b"hello")
    [url] = [url for url in world.storage.objects if "tails/" in url]
    world.storage.objects[url] = b"hellO"

    answer = await ada.request("PUT", f"/uploads/{upload_id}/stream?offset=5", content=b" world")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await ada.get(f"/uploads/{upload_id}")).json()["offset"] == 5


async def test_nothing_is_acknowledged_that_storage_did_not_take(ada: Door, world: GatewayWorld) -> None:
    upload_id = await begun(ada)
    world.storage.away = True

    answer = await ada.request("PUT", f"/uploads/{upload_id}/stream?offset=0", content=b"hello")

    assert answer.status_code == 503
    world.storage.away = False
    assert (await ada.get(f"/uploads/{upload_id}")).json()["offset"] == 0


async def test_a_file_of_known_length_is_not_appended_to(ada: Door) -> None:
    upload = await ada.upload(5)
    answer = await ada.request("PUT", f"/uploads/{upload['id']}/stream?offset=0", content=b"hello")
    assert (answer.status_code, answer.json()["code"]) == (409, "offset_wrong")


async def test_somebody_elses_stream_is_not_found(ada: Door, open_door: OpenDoor) -> None:
    upload_id = await begun(ada)
    mallory = await open_door()
    await mallory.sign_up("mallory@example.com")
    answer = await mallory.request("PUT", f"/uploads/{upload_id}/stream?offset=0", content=b"hello")
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")


def upload() -> Upload:
    return Upload(
        "e" * 32, "d" * 32, "open", "f" * 32, "s", None, "", "fail", "s1", CELL_BYTES, 1000, NOW, NOW
    )


def tail(*sizes: int, base: int = 0) -> StreamTail:
    segments, offset = [], base
    for size in sizes:
        segments.append(ReadableSegment(Segment(offset, size, b"", offset), ""))
        offset += size
    return StreamTail(upload(), offset, tuple(segments))


def test_pieces_of_a_byte_are_written_again_a_few_times_only() -> None:
    sizes: list[int] = []
    written = most = 0
    for _ in range(100_000):
        joined = len(tail(*sizes).joined_by(1))
        whole = sum(sizes[len(sizes) - joined :]) + 1
        sizes[len(sizes) - joined :] = [whole]
        written, most = written + whole, max(most, len(sizes))

    assert most <= 24
    assert written < 25 * 100_000


def test_what_fills_a_small_part_takes_all_of_it_along() -> None:
    pieces = tail(5 * MIB, 2 * MIB)

    assert len(pieces.joined_by(MIB)) == 2
    assert len(pieces.joined_by(MIB - 1)) == 0


def test_cells_of_a_large_part_stay_as_they_are() -> None:
    base = 1600 * MIB
    full = tail(*[CELL_BYTES] * 7, base=base)

    assert full.part_number == 201
    assert full.joined_by(CELL_BYTES) == ()
    assert tail(*[CELL_BYTES] * 8, base=base).fills_its_part
    assert not full.fills_its_part


def test_a_full_cell_of_a_large_part_is_one_piece_however_it_came() -> None:
    base, sizes = 1600 * MIB, list[int]()
    while sum(sizes) < 6 * CELL_BYTES:
        now = tail(*sizes, base=base)
        size = min(now.room, 3 * MIB if len(sizes) % 2 else MIB // 3)
        joined = len(now.joined_by(size))
        sizes[len(sizes) - joined :] = [sum(sizes[len(sizes) - joined :]) + size]

    assert sizes == [CELL_BYTES] * 6


def test_a_part_is_found_by_its_offset() -> None:
    for number in (1, 200, 201, 400, 401, 600, 601, 1000):
        start, length = stream_part(number)
        assert (part_at(start), part_at(start + length - 1)) == (number, number)
    assert sum(stream_part(1000)) == MAX_STREAM_BYTES
    assert part_at(MAX_STREAM_BYTES) == 1001
