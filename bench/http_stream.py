"""HTTP/1.1 for large bodies: sent as they stand, and of what comes only the length is looked at."""

import asyncio
from collections.abc import Mapping
from typing import Self, cast

_BUFFER_BYTES = 256 * 1024


class Exchange(asyncio.BufferedProtocol):
    """One connection, kept alive, one request at a time. `received`: bytes of bodies so far."""

    def __init__(self) -> None:
        self._buffer = bytearray(_BUFFER_BYTES)
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._left: int | None = None
        self._status = 0
        self._done: asyncio.Future[None] | None = None
        self.received = 0

    @classmethod
    async def open(cls, place: str) -> Self:
        exchange = cls()
        host, _, port = place.rpartition(":")
        await asyncio.get_running_loop().create_connection(lambda: exchange, host, int(port))
        return exchange

    async def ask(self, request: bytes) -> None:
        """Returns when all of the answer is there. Raises RuntimeError for anything but a success."""
        assert self._transport is not None
        self._done = asyncio.get_running_loop().create_future()
        self._head, self._left = b"", None
        self._transport.write(request)
        await self._done
        if not 200 <= self._status < 300:
            raise RuntimeError(f"answered {self._status}: {self._head[:500]!r}")

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by its methods only

    def connection_lost(self, exc: Exception | None) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(ConnectionResetError("the server hung up"))

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._left is None:
            nbytes = self._begin(nbytes)
        if self._left is None:
            return
        self._left -= nbytes
        self.received += nbytes
        if self._left <= 0 and self._done is not None and not self._done.done():
            self._done.set_result(None)

    def _begin(self, nbytes: int) -> int:
        """How many bytes of the body came with its head."""
        self._head += bytes(self._buffer[:nbytes])
        end = self._head.find(b"\r\n\r\n") + 4
        if end < 4:
            return 0
        head = self._head[:end].lower()
        at = head.find(b"content-length: ") + 16
        self._left = int(head[at : head.index(b"\r", at)]) if at >= 16 else 0
        self._status = int(head[9:12])
        return len(self._head) - end


def request_bytes(method: str, path: str, host: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A whole request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in headers.items())]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body
