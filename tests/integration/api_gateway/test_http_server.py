"""The server on a real socket: what is not HTTP, what is too much, who speaks, and how it ends."""

import asyncio
import json
import socket
from contextlib import suppress

import httpx
import pytest

from api_gateway.adapters.http.server import HttpServer
from tests.fakes.gateway import GatewayWorld
from tests.fakes.token_keys import ACCOUNT_ID
from tests.integration.api_gateway.wire import Upstream, gateway, read_answer, read_head

PROBLEM = b"content-type: application/problem+json"


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_problem_all_the_same(raw: bytes) -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        reader, writer = await door.connect()
        writer.write(raw)
        status, head, body = await read_answer(reader)
        assert status == 400
        assert PROBLEM in head
        assert json.loads(body)["code"] == "request_malformed"
        assert b"content-security-policy: default-src 'none'" in head
        assert b"x-content-type-options: nosniff" in head
        assert await reader.read() == b""
        writer.close()


async def send_for_ever(writer: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(ConnectionError):
        while True:
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(0)


@pytest.mark.parametrize("endless", [b"x", b"X-A: b\r\n"], ids=["one line", "many lines"])
async def test_a_head_without_end_is_not_collected_for_ever(endless: bytes) -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        reader, writer = await door.connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        sending = asyncio.create_task(send_for_ever(writer, endless * 1000))
        status, head, body = await read_answer(reader)
        sending.cancel()
        assert status == 431
        assert PROBLEM in head
        assert json.loads(body)["code"] == "headers_too_large"
        writer.close()


async def test_a_pipelined_request_does_not_speak_for_the_one_before() -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        reader, writer = await door.connect()
        anonymous = b"GET /api/v1/drive HTTP/1.1\r\nHost: x\r\n\r\n"
        writer.write(door.head("GET", "/drive") + anonymous + door.head("GET", "/drive"))
        answers = [await read_answer(reader) for _ in range(3)]
        assert [status for status, _, _ in answers] == [200, 401, 200]
        assert json.loads(answers[0][2])["id"] == ACCOUNT_ID
        writer.close()


@pytest.mark.parametrize(
    "behind", [b"GET / HTTP/1.1\r\nX-Long: ", b"nonsense\r\n\r\n"], ids=["too much", "no HTTP"]
)
async def test_what_is_refused_behind_a_request_is_not_taken_for_its_answer(behind: bytes) -> None:
    entered = asyncio.Event()
    async with gateway(Upstream()) as door, asyncio.timeout(10):

        async def slow(_caller: object) -> object:
            entered.set()
            return await asyncio.Event().wait()

        door.world.tree.drive = slow  # type: ignore[method-assign, assignment]  # a pause
        reader, writer = await door.connect()
        writer.write(door.head("GET", "/drive"))
        await entered.wait()
        told = asyncio.create_task(reader.read())
        while not told.done():
            writer.write(behind)
            behind = b"x" * 8192
            await asyncio.sleep(0.01)  # not a byte after the end: it would cost what was said before
        assert await told == b""
        writer.close()


async def test_a_body_that_is_no_body_is_answered_in_words() -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        reader, writer = await door.connect()
        head = door.head("POST", "/folders", Content_Type="application/json", Transfer_Encoding="chunked")
        writer.write(head + b"no chunk\r\n")
        status, _, body = await read_answer(reader)
        assert (status, json.loads(body)["code"]) == (400, "request_malformed")
        writer.close()


async def test_a_stranger_who_asks_first_is_told_no_before_sending() -> None:
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        reader, writer = await door.connect()
        writer.write(
            b"PUT /api/v1/uploads/" + b"0" * 32 + b"/parts/1 HTTP/1.1\r\nHost: x\r\n"
            b"Content-Length: 100000000\r\nExpect: 100-continue\r\n\r\n"
        )
        status, _ = await read_head(reader)
        assert status == 401
        writer.close()


async def test_the_routes_answer_over_a_socket_as_they_do_without() -> None:
    async with gateway(Upstream()) as door, httpx.AsyncClient(base_url=door.url) as http:
        ready = await http.get("/health/ready")
        lost = await http.get("/nothing")
        assert (ready.status_code, lost.status_code) == (200, 404)
        assert lost.headers["content-type"] == "application/problem+json"
        assert "server" not in lost.headers


async def test_draining_lets_a_request_finish_and_takes_no_new_ones() -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    async with gateway(Upstream()) as door, asyncio.timeout(10):
        original = door.world.tree.drive

        async def slow(caller: object) -> object:
            entered.set()
            await leave.wait()
            return await original(caller)  # type: ignore[arg-type]  # passed on as it came

        door.world.tree.drive = slow  # type: ignore[method-assign, assignment]  # a pause
        async with httpx.AsyncClient(base_url=door.url) as http:
            headers = {"Authorization": f"Bearer {door.token}"}
            asking = asyncio.create_task(http.get("/api/v1/drive", headers=headers))
            await entered.wait()
            draining = asyncio.create_task(door.server.drain(5))
            await asyncio.sleep(0.3)  # uvicorn looks up ten times a second
            with pytest.raises(ConnectionRefusedError):
                await door.connect()
            leave.set()
            assert (await asking).status_code == 200
            await draining


async def test_a_taken_port_is_said_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = HttpServer(GatewayWorld().application(), host="127.0.0.1", port=taken.getsockname()[1])
        with pytest.raises(SystemExit, match="STOWAGE_HTTP_PORT"):
            await server.start()
