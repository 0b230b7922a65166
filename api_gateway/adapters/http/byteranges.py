"""Ranges of a file on their way through: one as it is, several as multipart/byteranges (RFC 9110, section 14.6)."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from secrets import token_hex

from api_gateway.domain.byte_ranges import ByteRange
from api_gateway.domain.uploads import Download
from api_gateway.ports.storage import Content, Storage
from chassis.errors import Unavailable


@asynccontextmanager
async def fetched(
    storage: Storage, download: Download, ranges: Sequence[ByteRange]
) -> AsyncIterator[Content]:
    """The whole file if there are no ranges. Of several, one at a time is asked of storage.

    Raises Unavailable, also from the content's chunks.
    """
    if not ranges:
        async with storage.fetch(download.url, None) as content:
            yield content
        return
    async with _one(storage, download.url, ranges[0]) as first:
        if len(ranges) == 1:
            yield first
            return
        several = _Several(storage, download, ranges, first.content_type)
        async with aclosing(several.chunks(first)) as chunks:
            yield replace(
                first, length=several.length, range=None, content_type=several.content_type, chunks=chunks
            )


@asynccontextmanager
async def _one(storage: Storage, url: str, wanted: ByteRange) -> AsyncIterator[Content]:
    async with storage.fetch(url, wanted.header) as content:
        if not content.partial or content.length != wanted.length:
            raise Unavailable("Storage gave other bytes than those asked for. Please try again.")
        yield content


class _Several:
    """The body that holds them, whose length is known before its first byte."""

    def __init__(
        self, storage: Storage, download: Download, ranges: Sequence[ByteRange], content_type: str
    ) -> None:
        self._storage = storage
        self._url = download.url
        self._ranges = ranges
        boundary = token_hex(16)
        self._heads = [
            f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\n"
            f"Content-Range: bytes {each.first}-{each.last}/{download.size}\r\n\r\n".encode()
            for each in ranges
        ]
        self._end = f"\r\n--{boundary}--\r\n".encode()
        self.content_type = f"multipart/byteranges; boundary={boundary}"
        self.length = sum(each.length for each in ranges) + sum(map(len, self._heads)) + len(self._end)

    async def chunks(self, first: Content) -> AsyncGenerator[bytes, None]:
        for number, (wanted, head) in enumerate(zip(self._ranges, self._heads, strict=True)):
            async with AsyncExitStack() as stack:
                content = first
                if number:
                    content = await stack.enter_async_context(_one(self._storage, self._url, wanted))
                yield head
                async for chunk in content.chunks:
                    yield chunk
        yield self._end
