"""Decide, for ever, that blobs become no version, unless they did."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.ports.blobs import BlobDecisions
from file_metadata_service.ports.clock import Clock

MAX_BLOBS = 100


@dataclass(frozen=True, slots=True)
class AbandonBlobs:
    decisions: BlobDecisions
    clock: Clock

    async def __call__(self, drive_id: DriveId, blob_ids: Sequence[BlobId]) -> list[Blob]:
        """The row that stands for each, in order. Raises InvalidArgument, Unavailable; harmless to repeat."""
        if len(blob_ids) > MAX_BLOBS:
            raise InvalidArgument(f"At most {MAX_BLOBS} blobs at a time.")
        if not blob_ids:
            return []
        distinct = list(dict.fromkeys(blob_ids))
        rows = await self.decisions.abandon(drive_id, distinct, at_ms=self.clock.now_ms())
        standing = dict(zip(distinct, rows, strict=True))
        return [standing[blob_id] for blob_id in blob_ids]
