"""A gateway on a real socket, services in memory, and a storage server that does what the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from api_gateway.adapters.aiohttp.storage import AiohttpStorage, open_session
from api_gateway.adapters.http.hall import Patience
from api_gateway.adapters.http.server import HttpServer
from api_gateway.adapters.http.wiring import Bounds
from tests.fakes.gateway import GatewayWorld
from tests.fakes.token_keys import ACCOUNT_ID, SESSION_ID

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Upstream:
    """A storage server. `ended` once a connection was closed on it; `received` counts the bytes of bodies."""

    received: int = 0
    sent: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    serve: Serve | None = None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self.serve is not None
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                await self.serve(reader, writer)
        finally:
            self.ended.set()
            writer.close()

    async def take_everything(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers when `size` bytes came; a connection that ends before is just gone."""
        while chunk := await reader.read(2**16):
            self.received += len(chunk)
            if self.received >= self.size:
                writer.write(b'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 0\r\n\r\n')
                await writer.drain()
                return

    async def take_nothing_for_now(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.go_on.wait()
        await self.take_everything(reader, writer)

    async def give_for_ever(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 10000000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 2**16)
            await writer.drain()
            self.sent += 2**16

    size: int = 0


@dataclass
class Gateway:
    world: GatewayWorld
    server: HttpServer
    port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def head(self, method: str, path: str, **headers: str) -> bytes:
        lines = [f"{method} /api/v1{path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.token}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()


@asynccontextmanager
async def gateway(
    upstream: Upstream,
    *,
    patience: Patience | None = None,
    bounds: Bounds | None = None,
    answer_seconds: float = 10.0,
) -> AsyncIterator[Gateway]:
    world = GatewayWorld()
    storage_server = await asyncio.start_server(upstream, "127.0.0.1", 0)
    port = storage_server.sockets[0].getsockname()[1]
    world.uploads.bases["internal"] = f"http://127.0.0.1:{port}/"
    token = world.keys.token()
    world.people.sessions[SESSION_ID] = ACCOUNT_ID
    async with open_session(connections=100) as session:
        app = world.application(bounds, storage=AiohttpStorage(session, answer_seconds=answer_seconds))
        server = HttpServer(
            app, host="127.0.0.1", port=0, health=world.health, patience=patience, on_drain=world.hub.close
        )
        bound = await server.start()
        try:
            yield Gateway(world, server, bound, token)
        finally:
            await server.drain(1)
            storage_server.close()


async def read_head(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head.lower()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    status, head = await read_head(reader)
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return status, head, await reader.readexactly(length)
