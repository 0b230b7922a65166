"""As much of HTTP/1.1 as DynamoDB's protocol needs: POST to `/`, and the status and the body of the answer.

aiohttp does it at three times the CPU (docs/decisions/0001-dynamodb-transport.md): half of what reading one row cost.
"""

import asyncio
import socket
from collections.abc import Awaitable
from ssl import SSLContext
from typing import TypeVar, cast

from httptools import HttpParserError, HttpResponseParser

from chassis.dynamodb.errors import NotSent, OutcomeUnknown

T = TypeVar("T")
Answer = tuple[int, bytes]
# For a free connection, and for a new one.
CONNECT_SECONDS = 2.0
# Shorter than servers keep theirs, so that nothing is sent into a connection that is just being closed.
IDLE_SECONDS = 15.0
_CONTINUED = 200


class Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self.is_open = False
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._body: list[bytes] = []
        self._answer: asyncio.Future[Answer] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Raises ConnectionError if the line is cut. Whoever stops waiting must cut it: its answer may still come."""
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return await self._answer

    def cut(self) -> None:
        """Nothing more is sent or heard."""
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.cut()  # nobody has asked
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._fail()
            self.cut()

    def on_message_begin(self) -> None:
        """Called by the parser."""
        if self._answer is None:
            self.is_open = False  # an answer to nothing behind the one that was asked for

    def on_body(self, chunk: bytes) -> None:
        """Called by the parser."""
        self._body.append(chunk)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        status, body = self._parser.get_status_code(), b"".join(self._body)
        self._body.clear()
        if status < _CONTINUED:
            return
        self.is_open = self.is_open and self._parser.should_keep_alive()
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result((status, body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._fail()

    def _fail(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(ConnectionError("The database hung up."))


class Lines:
    """At most so many connections to one server; the one that was used last is used next."""

    def __init__(self, host: str, port: int, *, most: int, tls: SSLContext | None) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._places = asyncio.Semaphore(most)
        self._idle: list[Line] = []

    async def post(self, headers: dict[str, str], body: bytes) -> Answer:
        """Raises NotSent, OutcomeUnknown."""
        head = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        request = f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        if self._places.locked():
            await _in_time(self._places.acquire())
        else:
            await self._places.acquire()
        try:
            line = self._waiting()
            if line is None:
                line = await _in_time(self._connected())
            return await self._ask(line, request)
        finally:
            self._places.release()

    async def _ask(self, line: Line, request: bytes) -> Answer:
        try:
            answer = await line.ask(request)
        except BaseException as error:
            line.cut()
            if isinstance(error, OSError):
                raise OutcomeUnknown from error
            raise
        if line.is_open:
            line.idle_since = asyncio.get_running_loop().time()
            self._idle.append(line)
        else:
            line.cut()
        return answer

    def _waiting(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.is_open and asyncio.get_running_loop().time() - line.idle_since < IDLE_SECONDS:
                return line
            line.cut()
        return None

    async def _connected(self) -> Line:
        _, line = await asyncio.get_running_loop().create_connection(
            Line, self._host, self._port, ssl=self._tls
        )
        return line

    async def close(self) -> None:
        """Ends those that nobody uses; the others end with what is asked on them."""
        for line in self._idle:
            line.cut()
        self._idle.clear()
        await asyncio.sleep(0)


async def _in_time(step: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await step
    except OSError as error:  # TimeoutError, too
        raise NotSent from error
