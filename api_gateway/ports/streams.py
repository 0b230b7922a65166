"""Streams that grow at their end, as the upload service keeps them."""

from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.streams import Segment, StreamTail
from api_gateway.domain.uploads import SignedPart


class Streams(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered. Every call may be
    repeated."""

    async def tail(self, caller: Caller, upload_id: str) -> StreamTail:
        """With URLs for this gateway's own network."""
        ...

    async def sign_segment(self, caller: Caller, upload_id: str, segment: Segment) -> SignedPart: ...

    async def append(self, caller: Caller, upload_id: str, segment: Segment) -> int:
        """Makes a piece that has been sent part of the stream, and answers how many bytes are safe."""
        ...
