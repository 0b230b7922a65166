"""Bytes at the end of a stream, through the gateway: acknowledged only when they are safe, 8 MiB held at most."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from api_gateway.app.cells import Cells
from api_gateway.app.long_access import LongAccess
from api_gateway.app.relay_places import RelayPlaces
from api_gateway.app.spool import Spool
from api_gateway.domain.errors import OffsetWrong
from api_gateway.domain.identity import Caller
from api_gateway.domain.stream_layout import LAYOUT, MAX_STREAM_BYTES
from api_gateway.domain.streams import CELL_BYTES, ReadableSegment, Segment, StreamTail
from api_gateway.domain.uploads import PartClaim, PartReport
from api_gateway.ports.parts import Parts
from api_gateway.ports.sessions import Sessions
from api_gateway.ports.storage import Storage
from api_gateway.ports.streams import Streams
from api_gateway.ports.tokens import Tokens
from chassis.errors import Kind, RemoteError, Unavailable

_NOT_OPEN = "upload_not_open"
# What the services may say when somebody else appends, too.
_OVERTAKEN = frozenset({OffsetWrong.code, "part_claimed"})
# What is sent at once: the connection copies it.
_SLICE_BYTES = 256 * 1024
# One place for what is read, one for what is sent meanwhile.
_PLACES = 2


@dataclass(frozen=True, slots=True)
class AppendStream:
    """What fills a part of 8 MiB goes there at once. Anything else waits as a piece of the tail, joined with the short
    pieces before it; of larger parts, the pieces are read again and sent as the part when it is full.

    Memory is held from a piece's first byte until it is kept. `piece_seconds`: then a piece is kept as short as it is,
    so that slow bodies give others their turn. A body may take longer than an access token lives, while the session
    does.
    """

    streams: Streams
    parts: Parts
    storage: Storage
    spool: Spool
    places: RelayPlaces
    sessions: Sessions
    tokens: Tokens
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    piece_seconds: float = 5.0

    async def __call__(
        self, caller: Caller, upload_id: str, *, offset: int, body: AsyncIterator[bytes]
    ) -> int:
        """How many bytes are safe, once the body has ended. What had come of one that broke off is kept, too.

        Raises OffsetWrong, RelayBusy, Unavailable, whatever the services say, and what the body ends with.
        """
        tail = await self.streams.tail(caller, upload_id)
        _require_growing(tail, offset)
        try:
            async with aclosing(Cells(body)) as cells:
                return await self._take(caller, tail, cells)
        except RemoteError as refusal:
            now = (
                (await self.streams.tail(caller, upload_id)).offset if refusal.code in _OVERTAKEN else offset
            )
            if now == offset:
                raise
            raise OffsetWrong(now) from refusal

    async def close(self, caller: Caller, upload_id: str, size: int) -> None:
        """Makes the last part of what waits, for a stream that is to be completed with this length.

        Raises OffsetWrong if it has another one, TooManyRelays, and as above.
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
        with self.places.taken_by(caller.account_id, places=_PLACES):
            await self._seal(caller, tail, self._access(caller), size=size)

    def _access(self, caller: Caller) -> LongAccess:
        return LongAccess(self.sessions, self.tokens, self.now, caller.until)

    async def _take(self, caller: Caller, tail: StreamTail, cells: Cells) -> int:
        access = self._access(caller)
        while await cells.more():
            await access.keep()
            if tail.fills_its_part:
                tail = await self._seal(caller, await self._again(caller, tail), access)
            room = min(tail.room, MAX_STREAM_BYTES - tail.offset)
            if not room:
                raise RemoteError(Kind.TOO_LARGE, "file_too_large", "No stream can be longer.")
            async with self.spool.hold(caller.account_id, CELL_BYTES):
                piece = cells.next(room, seconds=self.piece_seconds)
                tail = await self._keep(caller, tail, await piece)
        cells.raise_what_broke_it()
        return tail.offset

    async def _keep(self, caller: Caller, tail: StreamTail, piece: bytearray) -> StreamTail:
        if any(not each.url for each in tail.joined_by(len(piece))):
            tail = await self._again(caller, tail)
        held = [*[await self._read(each) for each in tail.joined_by(len(piece))], piece]
        sha256 = hashlib.sha256()
        for each in held:
            sha256.update(each)
        size, end = sum(map(len, held)), tail.offset + len(piece)
        segment = Segment(end - size, size, sha256.digest(), tail.offset)
        if size == CELL_BYTES and tail.base == segment.start and end == tail.part_end:
            await self._send_part(caller, tail, segment.sha256, _slices(held))
            return replace(tail, offset=end, segments=())
        signed = await self.streams.sign_segment(caller, tail.upload.id, segment)
        await self.storage.send(signed, _slices(held))
        now = await self.streams.append(caller, tail.upload.id, segment)
        if now != end:
            raise OffsetWrong(now)  # what comes next would stand behind somebody else's bytes
        return tail.grown_by(segment)

    async def _again(self, caller: Caller, tail: StreamTail) -> StreamTail:
        """With URLs that are fresh. Raises OffsetWrong if somebody else has appended."""
        seen = await self.streams.tail(caller, tail.upload.id)
        if seen.offset != tail.offset:
            raise OffsetWrong(seen.offset)
        return seen

    async def _seal(
        self, caller: Caller, tail: StreamTail, access: LongAccess, *, size: int | None = None
    ) -> StreamTail:
        """Makes a part of all that waits. Read twice: a part's hash must be known before its first byte is sent."""
        sha256 = hashlib.sha256()
        async with aclosing(self._through(tail.segments, access)) as chunks:
            async for chunk in chunks:
                sha256.update(chunk)
        async with aclosing(self._through(tail.segments, access)) as chunks:
            await self._send_part(caller, tail, sha256.digest(), chunks, size=size)
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

    async def _through(
        self, segments: Sequence[ReadableSegment], access: LongAccess
    ) -> AsyncGenerator[bytes, None]:
        """A chunk at a time. Raises Unavailable behind a segment that is not what was written."""
        for each in segments:
            await access.keep()
            sha256 = hashlib.sha256()
            async with self.storage.fetch(each.url, None) as content:
                async for chunk in content.chunks:
                    sha256.update(chunk)
                    yield chunk
            _require_same(sha256.digest(), each)

    async def _read(self, readable: ReadableSegment) -> bytearray:
        """Raises Unavailable if it is not what was written."""
        read = bytearray()
        async with self.storage.fetch(readable.url, None) as content:
            async for chunk in content.chunks:
                read += chunk
        _require_same(hashlib.sha256(read).digest(), readable)
        return read


def _require_growing(tail: StreamTail, offset: int) -> None:
    """Before a byte is read, for what is sent is claimed for ever."""
    if tail.upload.layout != LAYOUT:
        raise RemoteError(Kind.CONFLICT, OffsetWrong.code, "Only an upload of unknown length is appended to.")
    if tail.upload.size is not None:
        raise RemoteError(Kind.CONFLICT, "length_decided", "It was said before how long the file is.")
    if tail.offset != offset:
        raise OffsetWrong(tail.offset)


def _require_same(sha256: bytes, written: ReadableSegment) -> None:
    if sha256 != written.segment.sha256:
        raise Unavailable("Storage gave other bytes than it was given.")


async def _slices(held: Sequence[bytearray]) -> AsyncIterator[bytes]:
    for each in held:
        view = memoryview(each)
        for start in range(0, len(view), _SLICE_BYTES):
            yield bytes(view[start : start + _SLICE_BYTES])
