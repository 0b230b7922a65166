"""Bytes on their way through, over real sockets: as fast as the slower side, and no further than anybody wants."""

import asyncio
import hashlib
import json

import httpx
import pytest

from api_gateway.domain.uploads import UploadIntent
from tests.fakes.gateway_tree import NewFile
from tests.fakes.gateway_uploads import PART_BYTES
from tests.integration.api_gateway.conftest import CALLER
from tests.integration.api_gateway.wire import Gateway, Upstream, gateway, read_answer, read_head

# More than sockets hold between the three of them, with room to spare.
MUCH = 256 * 2**20


async def started(door: Gateway, size: int, part_bytes: int = PART_BYTES) -> str:
    started = await door.world.uploads.start(
        CALLER, UploadIntent("root", "big", size, "t", "fail", None), command_id="k", parts=[]
    )
    kept = door.world.uploads.kept[started.answer.upload.id]
    object.__setattr__(kept.upload, "part_size", part_bytes)
    return started.answer.upload.id


def put_head(door: Gateway, upload_id: str, size: int, sha256: str = "0" * 64) -> bytes:
    return door.head(
        "PUT", f"/uploads/{upload_id}/parts/1", Content_Length=str(size), Stowage_Part_Sha256=sha256
    )


async def test_a_part_passes_through_and_is_reported() -> None:
    content = b"x" * (3 * 2**20)
    upstream = Upstream(size=len(content))
    upstream.serve = upstream.take_everything
    async with gateway(upstream) as door, asyncio.timeout(20):
        upload_id = await started(door, len(content))
        reader, writer = await door.connect()
        writer.write(put_head(door, upload_id, len(content), hashlib.sha256(content).hexdigest()) + content)
        status, _, body = await read_answer(reader)
        assert (status, json.loads(body)) == (200, {"number": 1, "etag": '"e"'})
        assert upstream.received == len(content)
        assert door.world.uploads.kept[upload_id].reported == {1: '"e"'}
        writer.close()


async def test_a_slow_storage_slows_the_client_down_instead_of_filling_memory() -> None:
    upstream = Upstream(size=MUCH)
    upstream.serve = upstream.take_nothing_for_now
    async with gateway(upstream) as door, asyncio.timeout(60):
        upload_id = await started(door, MUCH, MUCH)
        reader, writer = await door.connect()
        writer.write(put_head(door, upload_id, MUCH))
        taken = 0
        chunk = b"x" * 2**20
        while taken < MUCH:
            writer.write(chunk)
            try:
                async with asyncio.timeout(1.0):
                    await writer.drain()
            except TimeoutError:
                break
            taken += len(chunk)
        assert taken < MUCH // 4, "nobody held the client back"

        upstream.go_on.set()
        writer.write(b"x" * (MUCH - taken - len(chunk)))
        await writer.drain()
        status, _, _ = await read_answer(reader)
        assert (status, upstream.received) == (200, MUCH)
        writer.close()


async def test_when_a_sender_goes_storage_gets_no_whole_part_and_nothing_is_reported() -> None:
    upstream = Upstream(size=MUCH)
    upstream.serve = upstream.take_everything
    async with gateway(upstream) as door, asyncio.timeout(20):
        upload_id = await started(door, MUCH, MUCH)
        _, writer = await door.connect()
        writer.write(put_head(door, upload_id, MUCH) + b"x" * 2**20)
        await writer.drain()
        writer.close()
        await upstream.ended.wait()
        assert upstream.received < MUCH
        assert door.world.uploads.kept[upload_id].reported == {}


async def test_when_a_receiver_goes_storage_is_left_alone() -> None:
    upstream = Upstream()
    upstream.serve = upstream.give_for_ever
    async with gateway(upstream) as door, asyncio.timeout(20):
        file = door.world.tree.put_file(CALLER, NewFile("root", "big", 10**10, "t", "h"), "fail")
        reader, writer = await door.connect()
        writer.write(door.head("GET", f"/files/{file.id}/content?relay=1"))
        status, _ = await read_head(reader)
        await reader.readexactly(2**20)
        writer.close()
        await upstream.ended.wait()
        assert status == 200


async def test_a_slow_receiver_slows_storage_down_instead_of_filling_memory() -> None:
    upstream = Upstream()
    upstream.serve = upstream.give_for_ever
    async with gateway(upstream) as door, asyncio.timeout(20):
        file = door.world.tree.put_file(CALLER, NewFile("root", "big", 10**10, "t", "h"), "fail")
        reader, writer = await door.connect()
        writer.write(door.head("GET", f"/files/{file.id}/content?relay=1"))
        await read_head(reader)
        before = -1
        while upstream.sent != before:
            before = upstream.sent
            await asyncio.sleep(0.3)  # nobody reads meanwhile
        assert before < MUCH // 4
        writer.close()
        await upstream.ended.wait()


async def test_when_storage_breaks_off_the_receiver_sees_a_cut_and_no_end() -> None:
    upstream = Upstream()

    async def half(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        await writer.drain()

    upstream.serve = half
    async with gateway(upstream) as door, httpx.AsyncClient(base_url=door.url) as http:
        file = door.world.tree.put_file(CALLER, NewFile("root", "big", 1000, "t", "h"), "fail")
        headers = {"Authorization": f"Bearer {door.token}"}
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get(f"/api/v1/files/{file.id}/content?relay=1", headers=headers)


async def test_a_storage_that_says_nothing_is_503_while_the_client_still_waits() -> None:
    upstream = Upstream()
    upstream.serve = upstream.take_nothing_for_now
    async with gateway(upstream, answer_seconds=0.2) as door, httpx.AsyncClient(base_url=door.url) as http:
        file = door.world.tree.put_file(CALLER, NewFile("root", "big", 1000, "t", "h"), "fail")
        headers = {"Authorization": f"Bearer {door.token}"}
        answer = await http.get(f"/api/v1/files/{file.id}/content?relay=1", headers=headers)
        upstream.go_on.set()
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]


async def test_a_storage_that_is_not_there_is_503_and_the_part_can_be_sent_again() -> None:
    upstream = Upstream(size=5)
    upstream.serve = upstream.take_everything
    async with gateway(upstream) as door, httpx.AsyncClient(base_url=door.url) as http:
        there = door.world.uploads.bases["internal"]
        upload_id = await started(door, 5)
        headers = {"Authorization": f"Bearer {door.token}"}
        path = f"/api/v1/uploads/{upload_id}/parts/1"
        door.world.uploads.bases["internal"] = "http://127.0.0.1:1/"
        assert (await http.put(path, content=b"hello", headers=headers)).status_code == 503
        door.world.uploads.bases["internal"] = there
        assert (await http.put(path, content=b"hello", headers=headers)).status_code == 200


async def test_fifty_relays_that_nobody_reads_hold_up_nobody_else() -> None:
    upstream = Upstream()
    let_go: asyncio.Queue[None] = asyncio.Queue()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n" + b"x" * 1000)
        await reader.read()  # until the gateway hangs up
        let_go.put_nowait(None)

    upstream.serve = begin
    async with gateway(upstream) as door, asyncio.timeout(60):
        places = door.world.places
        places.of_one_account = 50
        file = door.world.tree.put_file(CALLER, NewFile("root", "big", 10**10, "t", "h"), "fail")
        relay = door.head("GET", f"/files/{file.id}/content?relay=1")
        relays = []
        for _ in range(50):
            reader, writer = await door.connect()
            writer.write(relay)
            status, _ = await read_head(reader)
            assert (status, await reader.readexactly(1000)) == (200, b"x" * 1000)
            relays.append(writer)
        assert places.taken == 50

        reader, writer = await door.connect()
        writer.write(door.head("GET", "/folders/root/entries"))
        assert (await read_answer(reader))[0] == 200
        writer.write(relay)
        status, head, body = await read_answer(reader)
        assert (status, json.loads(body)["code"]) == (429, "too_many_relays")
        assert b"retry-after: " in head
        assert places.taken == 50

        for each in [*relays, writer]:
            each.close()
        for _ in relays:
            await let_go.get()
        while places.taken:  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0)
