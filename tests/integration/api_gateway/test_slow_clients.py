"""Clients that take their time, on purpose or not: each is waited for, none for ever, and never at others' cost."""

import asyncio
import json
import socket
from contextlib import suppress

import pytest

from api_gateway.adapters.http.addresses import networks
from api_gateway.adapters.http.hall import Patience
from api_gateway.adapters.http.wiring import Bounds
from tests.fakes.gateway_tree import NewFile
from tests.integration.api_gateway.conftest import CALLER
from tests.integration.api_gateway.test_relay import put_head, started
from tests.integration.api_gateway.wire import Gateway, Upstream, gateway, read_answer, read_head

SHORT = Patience(head_seconds=0.5, rest_seconds=0.5, unread_seconds=1)
MUCH = 64 * 2**20


async def drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    """A byte now and then, for as long as the other side takes it."""
    with suppress(ConnectionError):
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.02)


async def served(door: Gateway) -> None:
    reader, writer = await door.connect()
    writer.write(door.head("GET", "/drive"))
    status, _, _ = await read_answer(reader)
    assert status == 200
    writer.close()


async def alone(door: Gateway) -> None:
    """Returns when nobody is connected any more."""
    while door.server.connections:  # noqa: ASYNC110  # there is nobody to tell us
        await asyncio.sleep(0.02)


async def connect_deaf(door: Gateway) -> socket.socket:
    """A client that takes in hardly anything by itself."""
    client = socket.socket()
    client.setblocking(False)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", door.port))
    return client


async def test_a_head_that_drips_is_answered_in_words_and_cut() -> None:
    async with gateway(Upstream(), patience=SHORT) as door, asyncio.timeout(20):
        reader, writer = await door.connect()
        dripping = asyncio.create_task(drip(writer, door.head("GET", "/drive") * 10))
        status, _, body = await read_answer(reader)
        assert (status, json.loads(body)["code"]) == (408, "request_timeout")
        dripping.cancel()
        writer.close()
        await alone(door)


async def test_a_second_head_that_drips_is_cut_as_the_first() -> None:
    async with gateway(Upstream(), patience=SHORT) as door, asyncio.timeout(20):
        reader, writer = await door.connect()
        writer.write(door.head("GET", "/drive"))
        assert (await read_answer(reader))[0] == 200
        dripping = asyncio.create_task(drip(writer, door.head("GET", "/drive") * 10))
        status, _, body = await read_answer(reader)
        assert (status, json.loads(body)["code"]) == (408, "request_timeout")
        dripping.cancel()
        writer.close()


async def test_who_connects_and_says_nothing_is_let_go() -> None:
    async with gateway(Upstream(), patience=SHORT) as door, asyncio.timeout(20):
        reader, writer = await door.connect()
        assert await reader.read() == b""
        writer.close()


async def test_a_head_behind_a_slow_answer_does_not_cut_that_answer() -> None:
    async with gateway(Upstream(), patience=SHORT) as door, asyncio.timeout(20):
        original = door.world.tree.drive

        async def slow(caller: object) -> object:
            await asyncio.sleep(3 * SHORT.head_seconds)
            return await original(caller)  # type: ignore[arg-type]  # passed on as it came

        door.world.tree.drive = slow  # type: ignore[method-assign, assignment]  # a pause
        reader, writer = await door.connect()
        writer.write(door.head("GET", "/drive") + b"GET /half HTT")
        assert (await read_answer(reader))[0] == 200
        assert (await read_answer(reader))[0] == 408
        writer.close()


async def test_a_body_that_drips_is_answered_in_words_and_cut() -> None:
    async with gateway(Upstream(), patience=SHORT, bounds=Bounds(body_seconds=0.5)) as door:
        async with asyncio.timeout(20):
            reader, writer = await door.connect()
            head = door.head("POST", "/folders", Content_Type="application/json", Content_Length="100000")
            dripping = asyncio.create_task(drip(writer, head + b" " * 100000))
            writer.write(head)
            status, _, body = await read_answer(reader)
            assert (status, json.loads(body)["code"]) == (408, "request_timeout")
            await alone(door)
            dripping.cancel()
            writer.close()


async def test_a_body_that_nobody_reads_may_not_drip_on_for_ever() -> None:
    async with gateway(Upstream(), patience=SHORT) as door, asyncio.timeout(20):
        reader, writer = await door.connect()
        writer.write(door.head("GET", "/drive", Content_Length="100000"))
        assert (await read_answer(reader))[0] == 200
        dripping = asyncio.create_task(drip(writer, b" " * 100000))
        await alone(door)
        dripping.cancel()
        writer.close()


async def test_a_part_that_drips_gives_its_place_at_storage_back() -> None:
    upstream = Upstream(size=MUCH)
    upstream.serve = upstream.take_everything
    async with gateway(upstream, patience=SHORT, bounds=Bounds(sending_seconds=0.5)) as door:
        async with asyncio.timeout(20):
            upload_id = await started(door, MUCH, MUCH)
            reader, writer = await door.connect()
            writer.write(put_head(door, upload_id, MUCH) + b"x" * 2**20)
            dripping = asyncio.create_task(drip(writer, b"x" * MUCH))
            status, _, body = await read_answer(reader)
            assert (status, json.loads(body)["code"]) == (408, "request_timeout")
            await upstream.ended.wait()
            assert upstream.received < MUCH
            dripping.cancel()
            writer.close()


async def test_an_answer_that_is_not_read_is_given_up() -> None:
    async with gateway(Upstream(), patience=SHORT) as door, asyncio.timeout(30):
        client = await connect_deaf(door)
        ask = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
        await asyncio.get_running_loop().sock_sendall(client, ask * 40)
        await alone(door)
        client.close()


@pytest.mark.parametrize("reads_a_little", [False, True])
async def test_a_download_that_is_hardly_read_gives_its_place_at_storage_back(
    *, reads_a_little: bool
) -> None:
    upstream = Upstream()
    upstream.serve = upstream.give_for_ever
    patience = Patience(unread_seconds=60 if reads_a_little else 1)
    bounds = Bounds(taking_seconds=1.0 if reads_a_little else 60.0)
    async with gateway(upstream, patience=patience, bounds=bounds) as door, asyncio.timeout(30):
        file = door.world.tree.put_file(CALLER, NewFile("root", "big", 10**10, "t", "h"), "fail")
        client = await connect_deaf(door)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(client, door.head("GET", f"/files/{file.id}/content?relay=1"))
        while not upstream.ended.is_set():
            if reads_a_little:
                assert await loop.sock_recv(client, 256)
            await asyncio.sleep(0.05)
        client.close()


async def test_five_hundred_idle_connections_keep_nobody_out() -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(60):
        idle = [await door.connect() for _ in range(500)]
        for reader, writer in idle[:250]:
            writer.write(door.head("GET", "/drive"))
            assert (await read_answer(reader))[0] == 200

        await served(door)

        assert door.server.connections >= len(idle)
        for reader, writer in idle:
            assert not reader.at_eof()
            writer.close()
        await alone(door)


async def test_when_all_places_are_taken_who_idles_longest_makes_room() -> None:
    async with gateway(Upstream(), patience=Patience(connections=10)) as door, asyncio.timeout(20):
        idle = [await door.connect() for _ in range(10)]
        reader, writer = idle[0]
        writer.write(door.head("GET", "/drive"))
        assert (await read_answer(reader))[0] == 200  # so it is the last who spoke

        await served(door)

        assert await idle[1][0].read() == b""
        assert not reader.at_eof()
        assert door.server.connections <= 10
        for _, writer in idle:
            writer.close()


async def test_when_all_places_are_at_work_a_newcomer_is_told_to_come_back() -> None:
    entered, leave = asyncio.Semaphore(0), asyncio.Event()
    async with gateway(Upstream(), patience=Patience(connections=3)) as door, asyncio.timeout(20):
        original = door.world.tree.drive

        async def slow(caller: object) -> object:
            entered.release()
            await leave.wait()
            return await original(caller)  # type: ignore[arg-type]  # passed on as it came

        door.world.tree.drive = slow  # type: ignore[method-assign, assignment]  # a pause
        busy = [await door.connect() for _ in range(3)]
        for _, writer in busy:
            writer.write(door.head("GET", "/drive"))
            await entered.acquire()

        reader, writer = await door.connect()
        status, head, body = await read_answer(reader)
        leave.set()

        assert (status, json.loads(body)["code"]) == (503, "unavailable")
        assert b"retry-after: 1" in head
        assert [(await read_head(reader))[0] for reader, _ in busy] == [200] * 3
        for _, each in [*busy, (reader, writer)]:
            each.close()


async def test_whose_body_ends_after_an_early_answer_keeps_the_connection() -> None:
    async with gateway(Upstream(), patience=SHORT) as door, asyncio.timeout(20):
        reader, writer = await door.connect()
        writer.write(door.head("GET", "/drive", Content_Length="10"))
        assert (await read_answer(reader))[0] == 200
        writer.write(b"0123456789")
        await asyncio.sleep(2 * SHORT.rest_seconds)
        writer.write(door.head("GET", "/drive"))
        assert (await read_answer(reader))[0] == 200
        writer.close()


async def test_whose_body_ended_after_an_early_answer_makes_room_as_others_do() -> None:
    async with gateway(Upstream(), patience=Patience(connections=1)) as door, asyncio.timeout(20):
        reader, writer = await door.connect()
        writer.write(door.head("GET", "/drive", Content_Length="10"))
        assert (await read_answer(reader))[0] == 200
        writer.write(b"0123456789")

        await served(door)

        assert await reader.read() == b""
        writer.close()


async def half_sent(door: Gateway) -> asyncio.StreamWriter:
    """A client that has begun to send a body, and stays at it."""
    reader, writer = await door.connect()
    writer.write(
        door.head(
            "POST", "/folders", Content_Type="application/json", Content_Length="10", Expect="100-continue"
        )
    )
    assert (await read_head(reader))[0] == 100
    return writer


@pytest.mark.parametrize(
    ("proxies", "told"), [([], 503), (["127.0.0.0/8"], 200)], ids=["a client", "a proxy"]
)
async def test_one_address_cannot_take_all_places(proxies: list[str], told: int) -> None:
    patience = Patience(8, one_address_share=1 / 4, proxies=networks(proxies))
    async with gateway(Upstream(), patience=patience) as door, asyncio.timeout(20):
        slow = [await half_sent(door) for _ in range(2)]
        reader, writer = await door.connect()
        writer.write(door.head("GET", "/drive"))
        assert (await read_answer(reader))[0] == told

        reader, elsewhere = await asyncio.open_connection("127.0.0.1", door.port, local_addr=("127.0.0.2", 0))
        elsewhere.write(door.head("GET", "/drive"))
        assert (await read_answer(reader))[0] == 200
        for each in [*slow, writer, elsewhere]:
            each.close()


async def test_an_address_with_its_full_share_makes_room_for_itself() -> None:
    async with gateway(Upstream(), patience=Patience(8, one_address_share=1 / 4)) as door:
        async with asyncio.timeout(20):
            other, waiting = await asyncio.open_connection(
                "127.0.0.1", door.port, local_addr=("127.0.0.2", 0)
            )
            own, idle = await door.connect()
            busy = await half_sent(door)

            await served(door)

            assert await own.read() == b""
            assert not other.at_eof()
            for each in (waiting, idle, busy):
                each.close()
            await alone(door)
            await served(door)
