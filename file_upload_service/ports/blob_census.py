"""Which blobs metadata knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from file_upload_service.domain.blob_record import BlobRecord
from file_upload_service.domain.ids import BlobId


@dataclass(frozen=True, slots=True)
class LivePage:
    """`next_cursor`: None at the end."""

    blobs: tuple[BlobRecord, ...]
    next_cursor: str | None


class BlobCensus(Protocol):
    """Reads consistently. Every method may raise Unavailable, and is harmless to repeat."""

    async def look_up(self, blob_ids: Sequence[BlobId]) -> list[BlobRecord]:
        """What is known of each, in order."""

    async def live(self, cursor: str | None) -> LivePage:
        """The blobs whose bytes must be there, in an order of metadata's own. May be empty before the end."""

    async def abandon(self, blob_id: BlobId) -> bool:
        """Decides for ever that it will not be committed. False if it was: its bytes must stay."""
