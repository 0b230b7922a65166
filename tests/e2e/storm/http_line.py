"""A proxy before one HTTP server that can spoil any request: it sees them whole, and hits where it is meant to."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from tests.e2e.storm.trouble import Fault, Request, Trap, Weather, When
from tests.e2e.storm.wire import Head, answer_body, read_head, request_body

_JSON_BYTES = 1 << 20
_HALF_CLOSED_SECONDS = 2.0
_DROPS = 8
# What an S3 says to whom asks too much; to DynamoDB's clients and to ours, any 503 means the same.
_BUSY = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
_GONE = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class _Cut(Exception):
    """Both connections end here."""


@dataclass(slots=True)
class _Ends:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def reset(self) -> None:
        """RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass(slots=True)
class HttpLine:
    """`target` may be set later than it is opened, and its server may come and go."""

    name: str
    target: tuple[str, int] = ("127.0.0.1", 9)
    weather: Weather = field(default_factory=Weather)
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """The port."""
        self._server = await asyncio.start_server(self._accept, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        if self._open:
            await asyncio.wait(self._open)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        client = _Ends(reader, writer)
        server: _Ends | None = None
        try:
            server = _Ends(*await asyncio.open_connection(*self.target))
            while (head := await read_head(client.reader)) is not None:
                await self._exchange(client, server, head)
        except _GONE:
            client.reset()
        except _Cut:
            pass
        except asyncio.CancelledError:
            pass
        finally:
            self._open.discard(task)
            for ends in (client, server):
                if ends is not None:
                    ends.writer.close()

    async def _exchange(self, client: _Ends, server: _Ends, head: Head) -> None:
        body = await _json_of(client.reader, head)
        request = Request(
            head.words[0], head.words[1], head.headers.get("x-amz-target", "").rpartition(".")[2], body or b""
        )
        fault, trap = self.weather.fault(), self.weather.sprung(request)
        if trap is not None:
            fault = None
            if trap.when is When.BEFORE:
                await trap.strike()
        if fault is not None:
            await self._before(fault, client)
        pieces = request_body(client.reader, head) if body is None else _once(body)
        sending = asyncio.create_task(self._send(server, head, pieces, fault))
        try:
            is_during = trap is not None and trap.when is When.DURING
            striking = asyncio.create_task(_strike_during(trap)) if trap and is_during else None
            await self._answer(client, server, request, fault, trap)
            if striking is not None:
                await striking
            await asyncio.wait({sending}, timeout=1.0)
            if not sending.done():
                raise _Cut  # answered before all was sent
            await sending
        finally:
            sending.cancel()
            await asyncio.wait({sending})

    async def _before(self, fault: Fault, client: _Ends) -> None:
        if fault is Fault.RESET:
            client.reset()
            raise _Cut
        if fault is Fault.STALL:
            await asyncio.sleep(self.weather.stall_seconds)
            client.reset()
            raise _Cut
        if fault is Fault.BUSY:
            head = (
                f"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: {len(_BUSY)}\r\n"
            )
            client.writer.write(head.encode() + b"Connection: close\r\n\r\n" + _BUSY)
            await client.writer.drain()
            # What is still coming is read, so that the answer is not lost in a reset.
            with suppress(TimeoutError, *_GONE):
                async with asyncio.timeout(0.5):
                    while await client.reader.read(1 << 16):
                        pass
            raise _Cut

    async def _send(
        self, server: _Ends, head: Head, pieces: AsyncIterator[bytes], fault: Fault | None
    ) -> None:
        server.writer.write(head.raw)
        sent, half = 0, (head.length or 0) // 2
        cuts = fault in (Fault.CUT_REQUEST, Fault.HALF_CLOSED) and half > 0
        async for piece in pieces:
            if cuts and sent + len(piece) > half:
                server.writer.write(piece[: half - sent])
                await server.writer.drain()
                if fault is Fault.CUT_REQUEST:
                    server.reset()
                else:
                    server.writer.write_eof()
                return
            server.writer.write(piece)
            await server.writer.drain()
            sent += len(piece)
            if fault is Fault.SLOW:
                await asyncio.sleep(
                    self.weather.stall_seconds / _DROPS * len(piece) / max(1, head.length or 1)
                )

    async def _answer(
        self, client: _Ends, server: _Ends, request: Request, fault: Fault | None, trap: Trap | None
    ) -> None:
        async with asyncio.timeout(_HALF_CLOSED_SECONDS if fault is Fault.HALF_CLOSED else None):
            head = await read_head(server.reader)
            while head is not None and head.status < 200:
                client.writer.write(head.raw)
                head = await read_head(server.reader)
        if head is None:
            raise ConnectionResetError("no answer came")
        pieces = [piece async for piece in answer_body(server.reader, head, method=request.method)]
        if trap is not None and trap.when is When.AFTER:
            await trap.strike()
        if fault is Fault.LOST_ANSWER:
            client.reset()
            raise _Cut
        whole = b"".join(pieces)
        client.writer.write(head.raw)
        if fault is Fault.CUT_ANSWER:
            client.writer.write(whole[: len(whole) // 2])
            await client.writer.drain()
            raise _Cut
        client.writer.write(whole)
        await client.writer.drain()
        if head.headers.get("connection", "").lower() == "close":
            raise _Cut


async def _json_of(reader: asyncio.StreamReader, head: Head) -> bytes | None:
    """The body, if it is JSON and small: traps look into it."""
    is_json = "json" in head.headers.get("content-type", "")
    if not is_json or head.is_chunked or (head.length or 0) > _JSON_BYTES:
        return None
    return await reader.readexactly(head.length or 0)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _strike_during(trap: Trap) -> None:
    await asyncio.sleep(trap.delay_seconds)
    await trap.strike()
