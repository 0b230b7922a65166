"""Which blobs nothing is made of any more, and may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from file_upload_service.domain.ids import BlobId


@dataclass(frozen=True, slots=True)
class UnreferencedBlob:
    """`since`: when the last version of it ended."""

    id: BlobId
    size_bytes: int
    since: datetime


@dataclass(frozen=True, slots=True)
class UnreferencedPage:
    """`next_cursor`: behind the last of them, None at the end."""

    blobs: tuple[UnreferencedBlob, ...]
    next_cursor: str | None


class UnreferencedBlobs(Protocol):
    """Metadata decides. Every method may raise Unavailable, and is harmless to repeat."""

    async def list(self, cursor: str | None) -> UnreferencedPage:
        """At most 100 that have been unreferenced for longer than any signed URL lives. A hint: it may lag."""

    async def condemn(self, blob_ids: Sequence[BlobId]) -> Sequence[BlobId]:
        """Those that take no reference any more, for ever: their bytes, and no other's, may be destroyed."""

    async def confirm_deleted(self, blob_ids: Sequence[BlobId]) -> None:
        """There are no bytes of these any more."""
