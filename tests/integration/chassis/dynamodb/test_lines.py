"""Connections to the database: used again, few, cut where an answer could be taken for another's; and proxies."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chassis.dynamodb import NotSent, OutcomeUnknown, lines
from chassis.dynamodb.lines import Lines
from chassis.dynamodb.transport import open_transport
from local_stack.ports import free_port
from tests.engines import REGION


@dataclass(slots=True)
class Server:
    """Answers each request with what its body asks for. `connections`: how many were opened."""

    connections: int = 0
    heads: list[bytes] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                self.asked.set()
                length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
                body = await reader.readexactly(int(length.partition(b":")[2]))
                await self._answer(body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, asked: bytes, writer: asyncio.StreamWriter) -> None:
        if asked == b"wait":
            await self.gate.wait()
        if asked == b"pieces":
            writer.write(
                b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\npie\r\n"
            )
            await writer.drain()
            writer.write(b"3\r\nces\r\n0\r\n\r\n")
        elif asked == b"nonsense":
            writer.write(b"+PONG\r\n")
        else:
            last = b"Connection: close\r\n" if asked == b"last" else b""
            writer.write(b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (last, len(asked), asked))
        if asked == b"too much":
            writer.write(b"HTTP/1.1 408 Request Timeout\r\n\r\n")

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def serving(
    most: int = 4, *, tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None
) -> AsyncIterator[tuple[Server, Lines]]:
    """`tls`: the server's, and the client's."""
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls[0] if tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    client = Lines("localhost" if tls else "127.0.0.1", server.port, most=most, tls=tls[1] if tls else None)
    async with listening:
        yield server, client
        await client.close()


async def ask(client: Lines, body: bytes) -> bytes:
    status, answer = await client.post({"Host": "x"}, body)
    assert status == 200
    return answer


async def test_a_connection_is_used_again() -> None:
    async with serving() as (server, client):
        assert [await ask(client, each) for each in (b"one", b"", b"two")] == [b"one", b"", b"two"]
        assert server.connections == 1


async def test_many_at_once_wait_for_few_connections() -> None:
    async with serving(most=2) as (server, client):
        wanted = [b"%d" % number for number in range(20)]
        assert await asyncio.gather(*(ask(client, each) for each in wanted)) == wanted
        assert server.connections == 2


async def test_who_waits_too_long_for_a_connection_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(most=1) as (server, client):
        first = asyncio.create_task(ask(client, b"wait"))
        await server.asked.wait()
        monkeypatch.setattr(lines, "CONNECT_SECONDS", 0.01)
        with pytest.raises(NotSent):
            await ask(client, b"next")
        server.gate.set()
        assert await first == b"wait"
        assert await ask(client, b"next") == b"next"


@pytest.mark.parametrize("asked", [b"last", b"too much"])
async def test_a_connection_that_the_server_ends_is_not_used_again(asked: bytes) -> None:
    async with serving() as (server, client):
        assert await ask(client, asked) == asked
        await asyncio.sleep(0.01)
        assert await ask(client, b"next") == b"next"
        assert server.connections == 2


async def test_a_connection_that_was_closed_while_nobody_asked_is_not_used_again() -> None:
    async with serving() as (server, client):
        await ask(client, b"one")
        server.hang_up()
        await asyncio.sleep(0.01)
        assert await ask(client, b"two") == b"two"


async def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "IDLE_SECONDS", 0.0)
    async with serving() as (server, client):
        await ask(client, b"one")
        assert await ask(client, b"two") == b"two"
        assert server.connections == 2


async def test_the_answer_to_who_went_away_is_not_the_next_ones() -> None:
    async with serving(most=1) as (server, client):
        first = asyncio.create_task(ask(client, b"wait"))
        await server.asked.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        server.gate.set()
        assert await ask(client, b"next") == b"next"
        assert server.connections == 2


async def test_an_answer_in_pieces_is_one() -> None:
    async with serving() as (server, client):
        assert await ask(client, b"pieces") == b"pieces"
        assert await ask(client, b"next") == b"next"
        assert server.connections == 1


async def test_what_is_no_answer_leaves_the_outcome_unknown() -> None:
    async with serving() as (_, client):
        with pytest.raises(OutcomeUnknown):
            await ask(client, b"nonsense")
        assert await ask(client, b"next") == b"next"


async def test_over_tls_the_server_must_be_who_it_says(tls_dir: Path) -> None:
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(tls_dir / "user-service.pem", tls_dir / "user-service.key")
    trusting = ssl.create_default_context(cafile=str(tls_dir / "ca.pem"))
    trusting.check_hostname = False  # these certificates name services
    async with serving(tls=(server_side, trusting)) as (_, client):
        assert await ask(client, b"secret") == b"secret"
    async with serving(tls=(server_side, ssl.create_default_context())) as (_, client):
        with pytest.raises(NotSent):
            await ask(client, b"secret")


async def test_where_the_environment_names_a_proxy_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    async with serving() as (server, _):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
        monkeypatch.setenv("no_proxy", "elsewhere")
        async with open_transport(endpoint="http://tables.test", region=REGION, max_connections=1) as client:
            assert await client.call("GetItem", {"Key": {}}) == {
                "Key": {},
                "ReturnConsumedCapacity": "INDEXES",
            }
        assert server.heads[0].startswith(b"POST http://tables.test")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
        async with open_transport(endpoint="http://tables.test", region=REGION, max_connections=1) as client:
            with pytest.raises(NotSent):
                await client.call("GetItem", {"Key": {}})
