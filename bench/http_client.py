"""HTTP/1.1 as light as Python allows, because whoever measures shares the cores with what is measured.

Requests are bytes that were made beforehand; of an answer only the status, the length and the body are looked at.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Self, cast
from urllib.parse import urlsplit


class Answer(NamedTuple):
    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Refused(Exception):
    """An answer that is no success; a measurement of failures would be worth nothing."""


class Connection(asyncio.Protocol):
    """One connection, kept alive, one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None

    @classmethod
    async def open(cls, url: str) -> Self:
        connection = cls(urlsplit(url).port or 80)
        await connection._connect()
        return connection

    async def _connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    async def ask(self, request: bytes) -> Answer:
        """Raises Refused for anything but a success, ConnectionError if the server hangs up."""
        if self._transport is None or self._transport.is_closing():
            # The server ends what was not used for a while.
            await self._connect()
        self._answer = asyncio.get_running_loop().create_future()
        self.send(request)
        answer = await self._answer
        if not 200 <= answer.status < 300:
            raise Refused(f"{answer.status} {answer.body[:300]!r}")
        return answer

    def send(self, request: bytes) -> None:
        """For whoever looks at what comes back without waiting for an end."""
        assert self._transport is not None
        self._transport.write(request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by its methods only

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data if self._received else data
        end = received.find(b"\r\n\r\n") + 4
        if end < 4 or self._answer is None:
            return
        head = received[:end].lower()
        at = head.find(b"content-length: ") + 16
        length = int(head[at : head.index(b"\r", at)]) if at >= 16 else 0
        if len(received) < end + length:
            return
        self._received = b""
        if not self._answer.done():
            self._answer.set_result(Answer(int(received[9:12]), received[:end], received[end : end + length]))


def rendered(method: str, path: str, headers: Mapping[str, str], body: object = None) -> bytes:
    """A whole request."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} /api/v1{path} HTTP/1.1",
        "Host: localhost",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join((*lines, "", "")).encode() + content
