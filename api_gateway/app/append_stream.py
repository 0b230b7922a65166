"""Bytes at the end of a stream, through the gateway: acknowledged only when they are safe, 8 MiB held at most."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from api_gateway.app.cells import Cells
from api_gateway.app.spool import Spool
from api_gateway.domain.errors import OffsetWrong
from api_gateway.domain.identity import Caller
from api_gateway.domain.stream_layout import MAX_STREAM_BYTES
from api_gateway.domain.streams import CELL_BYTES, ReadableSegment, Segment, StreamTail
from api_gateway.domain.uploads import PartClaim, PartReport
from api_gateway.ports.parts import Parts
from api_gateway.ports.storage import Storage
from api_gateway.ports.streams import Streams
from chassis.errors import Kind, RemoteError, Unavailable

_NOT_OPEN = "upload_not_open"
# What the services may say when somebody else appends, too.
_OVERTAKEN = frozenset({OffsetWrong.code, "part_claimed"})


@dataclass(frozen=True, slots=True)
class AppendStream:
    """What fills a part of 8 MiB goes there at once. Anything else waits as a piece of the tail, joined with the short
    pieces before it; of larger parts, the pieces are read again and sent as the part when it is full."""

    streams: Streams
    parts: Parts
    storage: Storage
    spool: Spool

    async def __call__(
        self, caller: Caller, upload_id: str, *, offset: int, body: AsyncIterator[bytes]
    ) -> int:
        """How many bytes are safe, once the body has ended. What had come of one that broke off is kept, too.

        Raises OffsetWrong, RelayBusy, Unavailable, whatever the services say, and what the body ends with.
        """
        tail = await self.streams.tail(caller, upload_id)
        if tail.offset != offset:
            raise OffsetWrong(tail.offset)
        try:
            async with self.spool.hold(caller.account_id, CELL_BYTES):
                return await self._take(caller, tail, Cells(body))
        except RemoteError as refusal:
            now = (
                (await self.streams.tail(caller, upload_id)).offset if refusal.code in _OVERTAKEN else offset
            )
            if now == offset:
                raise
            raise OffsetWrong(now) from refusal

    async def close(self, caller: Caller, upload_id: str, size: int) -> None:
        """Makes the last part of what waits, for a stream that is to be completed with this length.

        Raises OffsetWrong if it has another one, and as above.
        """
        try:
            tail = await self.streams.tail(caller, upload_id)
        except RemoteError as refusal:
            if refusal.code == _NOT_OPEN:
                return  # whoever completes it says how it stands
            raise
        if not tail.segments:
            return
        if tail.offset != size:
            raise OffsetWrong(tail.offset)
        await self._seal(caller, tail, size=size)

    async def _take(self, caller: Caller, tail: StreamTail, cells: Cells) -> int:
        while not cells.ended:
            if tail.fills_its_part:
                tail = await self._seal(caller, tail)
            piece = await cells.next(min(tail.room, MAX_STREAM_BYTES - tail.offset))
            if piece:
                tail = await self._keep(caller, tail, piece)
            cells.raise_what_broke_it()
            if not piece and not cells.ended:
                raise RemoteError(Kind.TOO_LARGE, "file_too_large", "No stream can be longer.")
        return tail.offset

    async def _keep(self, caller: Caller, tail: StreamTail, piece: bytes) -> StreamTail:
        joined = tail.joined_by(len(piece))
        content = b"".join([*[await self._read(each) for each in joined], piece])
        segment = Segment(
            tail.offset + len(piece) - len(content),
            len(content),
            hashlib.sha256(content).digest(),
            tail.offset,
        )
        if len(content) == CELL_BYTES and tail.base == segment.start and segment.end == tail.part_end:
            await self._send_part(caller, tail, segment.sha256, _once(content))
            return replace(tail, offset=segment.end, segments=())
        signed = await self.streams.sign_segment(caller, tail.upload.id, segment)
        await self.storage.send(signed, _once(content))
        await self.streams.append(caller, tail.upload.id, segment)
        grown = await self.streams.tail(caller, tail.upload.id)
        if grown.offset != segment.end:
            raise OffsetWrong(grown.offset)  # what comes next would stand behind somebody else's bytes
        return grown

    async def _seal(self, caller: Caller, tail: StreamTail, *, size: int | None = None) -> StreamTail:
        """Makes a part of all that waits. Read twice: a part's hash must be known before its first byte is sent."""
        sha256 = hashlib.sha256()
        async for chunk in self._through(tail.segments):
            sha256.update(chunk)
        await self._send_part(caller, tail, sha256.digest(), self._through(tail.segments), size=size)
        return replace(tail, segments=())

    async def _send_part(
        self,
        caller: Caller,
        tail: StreamTail,
        sha256: bytes,
        body: AsyncIterator[bytes],
        *,
        size: int | None = None,
    ) -> None:
        claim, upload_id = PartClaim(tail.part_number, sha256), tail.upload.id
        signed = await self.parts.sign(caller, upload_id, [claim], "internal", size=size, offset=tail.offset)
        (part,) = signed.urls
        report = PartReport(claim.number, await self.storage.send(part, body))
        await self.parts.report(caller, upload_id, [report], durable=True, offset=tail.offset)

    async def _through(self, segments: Sequence[ReadableSegment]) -> AsyncIterator[bytes]:
        for each in segments:
            yield await self._read(each)

    async def _read(self, readable: ReadableSegment) -> bytes:
        """Raises Unavailable if it is not what was written."""
        async with self.storage.fetch(readable.url, None) as content:
            read = b"".join([chunk async for chunk in content.chunks])
        if hashlib.sha256(read).digest() != readable.segment.sha256:
            raise Unavailable("Storage gave other bytes than it was given.")
        return read


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
