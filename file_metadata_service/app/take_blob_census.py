"""Say which blobs there are, to whoever holds storage against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.errors import CursorInvalid
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.blob_census import BlobCensus
from file_metadata_service.ports.listings import Page

MAX_BLOBS = 100
MAX_ROWS = 1_000
MAX_CURSOR_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class TakeBlobCensus:
    census: BlobCensus

    async def look_up(self, blob_ids: Sequence[BlobId]) -> list[Blob | None]:
        """The row of each of at most 100, in order. Raises InvalidArgument, Unavailable."""
        if len(blob_ids) > MAX_BLOBS:
            raise InvalidArgument(f"At most {MAX_BLOBS} blobs at a time.")
        if not blob_ids:
            return []
        distinct = list(dict.fromkeys(blob_ids))
        rows = dict(zip(distinct, await self.census.standing(distinct), strict=True))
        return [rows[blob_id] for blob_id in blob_ids]

    async def live(self, limit: int, cursor: str | None) -> Page[Blob]:
        """Of at most `limit` rows, at most 1,000. Raises InvalidArgument, CursorInvalid, Unavailable."""
        if not 0 < limit <= MAX_ROWS:
            raise InvalidArgument(f"Between 1 and {MAX_ROWS} rows at a time.")
        if cursor is not None and not (cursor.isascii() and len(cursor) <= MAX_CURSOR_CHARACTERS):
            raise CursorInvalid("This cursor was not given for this. Please begin without one.")
        return await self.census.live(limit=limit, start=cursor)
