"""Tails of streams as the upload service keeps them, as far as the gateway sees it."""

from api_gateway.domain.identity import Caller
from api_gateway.domain.stream_layout import stream_part
from api_gateway.domain.streams import ReadableSegment, Segment, StreamTail
from api_gateway.domain.uploads import SignedPart
from chassis.errors import Kind, RemoteError
from tests.fakes.gateway_uploads import InMemoryUploads


class InMemoryStreams:
    """Implements Streams, beside the uploads that it looks at. `joins`: how many bytes were put together anew."""

    def __init__(self, uploads: InMemoryUploads) -> None:
        self._uploads = uploads

    async def tail(self, caller: Caller, upload_id: str) -> StreamTail:
        kept = self._uploads._open(caller, upload_id)
        number = 1
        while number in kept.reported:
            number += 1
        base = stream_part(number)[0]
        kept.segments = [each for each in kept.segments if each.start >= base]
        readable = tuple(ReadableSegment(each, _url(upload_id, each)) for each in kept.segments)
        return StreamTail(kept.upload, kept.segments[-1].end if kept.segments else base, readable)

    async def sign_segment(self, caller: Caller, upload_id: str, segment: Segment) -> SignedPart:
        kept = self._uploads._open(caller, upload_id)
        if kept.upload.layout != "s1":
            raise RemoteError(Kind.CONFLICT, "offset_wrong", "It is no stream.")
        headers = {"sha256": segment.sha256.hex()}
        return SignedPart(1, "PUT", _url(upload_id, segment), headers, segment.size)

    async def append(self, caller: Caller, upload_id: str, segment: Segment) -> int:
        tail = await self.tail(caller, upload_id)
        kept = self._uploads._open(caller, upload_id)
        assert _url(upload_id, segment) in self._uploads.storage.objects
        before = [each for each in kept.segments if each.end <= segment.start]
        if segment in kept.segments:
            return tail.offset
        begins = before[-1].end if before else tail.base
        if segment.seen != tail.offset or segment.start != begins or segment.end <= tail.offset:
            raise RemoteError(Kind.CONFLICT, "offset_wrong", "It does not end there.")
        kept.segments = [*before, segment]
        return segment.end


def _url(upload_id: str, segment: Segment) -> str:
    return f"internal://tails/{upload_id}/{segment.start}-{segment.seen}-{segment.sha256.hex()}"
