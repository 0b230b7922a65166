"""HTTP/1.1 as a proxy sees it: heads that it reads, bodies that it passes on as they are."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

CHUNK_BYTES = 64 * 1024
_BODILESS = (204, 304)


@dataclass(frozen=True, slots=True)
class Head:
    """Of a request or of an answer. Names of headers are lower case."""

    raw: bytes
    words: list[str]
    headers: dict[str, str]

    @property
    def status(self) -> int:
        return int(self.words[1])

    @property
    def length(self) -> int | None:
        """Of the body in bytes, if that is said."""
        written = self.headers.get("content-length")
        return None if written is None else int(written)

    @property
    def is_chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "").lower()


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """None when the other side is done. Raises OSError, IncompleteReadError in the middle of a head."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        if cut.partial:
            raise
        return None
    first, *lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Head(raw, first.split(" ", 2), {name.strip().lower(): value.strip() for name, _, value in pairs})


def request_body(reader: asyncio.StreamReader, head: Head) -> AsyncIterator[bytes]:
    return _chunked(reader) if head.is_chunked else _counted(reader, head.length or 0)


def answer_body(reader: asyncio.StreamReader, head: Head, *, method: str) -> AsyncIterator[bytes]:
    if method == "HEAD" or head.status in _BODILESS:
        return _counted(reader, 0)
    if head.is_chunked:
        return _chunked(reader)
    return _counted(reader, head.length) if head.length is not None else _until_closed(reader)


async def _counted(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    while length:
        data = await reader.read(min(length, CHUNK_BYTES))
        if not data:
            raise ConnectionResetError("the body was cut")
        length -= len(data)
        yield data


async def _chunked(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        yield line + await reader.readexactly(size + 2)
        if size == 0:
            return


async def _until_closed(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while data := await reader.read(CHUNK_BYTES):
        yield data
