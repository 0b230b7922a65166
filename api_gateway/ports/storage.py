"""Storage, for the clients that cannot reach it themselves. Only signed URLs: the gateway holds no credentials."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from api_gateway.domain.uploads import SignedPart


@dataclass(frozen=True, slots=True)
class Content:
    """An answer of storage: 200 whole, 206 a range; `length` in bytes, None while nobody knows it; `range` as in
    Content-Range.

    `chunks` raises Unavailable if storage breaks off.
    """

    partial: bool
    length: int | None
    range: str | None
    content_type: str
    disposition: str | None
    chunks: AsyncIterator[bytes]


class Storage(Protocol):
    """Passes bytes on as they come: never more than a few chunks are held, and a client that goes away ends it."""

    async def send(self, part: SignedPart, chunks: AsyncIterator[bytes]) -> str:
        """Returns the ETag, "" if storage has just these bytes already.

        Raises PartRefused if the bytes are not the ones signed, Unavailable otherwise, and what `chunks` raises.
        """
        ...

    def fetch(self, url: str, byte_range: str | None) -> AbstractAsyncContextManager[Content]:
        """`byte_range` as in the Range header. Raises RangeNotSatisfiable, Unavailable."""
        ...
