"""Abandoning blobs on DynamoDB: put if absent, as many as there are in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.dynamodb import DynamoDB, Table, TransactionCancelled, not_exists
from chassis.errors import Unavailable
from file_metadata_service.adapters.dynamodb.record_rows import blob_of, blob_row
from file_metadata_service.adapters.dynamodb.rows import BlobRow
from file_metadata_service.domain.blobs import ABANDONED_KEPT_MS, Blob, BlobState
from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.ports.clock import Pause

ATTEMPTS = 6
MS_A_SECOND = 1000


@dataclass(frozen=True, slots=True)
class DynamoBlobDecisions:
    db: DynamoDB
    table: Table[BlobRow]
    pause: Pause

    async def abandon(self, drive_id: DriveId, blob_ids: Sequence[BlobId], *, at_ms: int) -> list[Blob]:
        """A row that stands is never changed here, so reading first and trying again is always right."""
        for attempt in range(ATTEMPTS):
            rows = await self.db.batch_get([self.table.getting(blob_id) for blob_id in blob_ids])
            standing = {row.blobid: blob_of(row) for row in rows if row is not None}
            absent = [blob_id for blob_id in blob_ids if blob_id not in standing]
            fresh = {blob_id: _abandoned(blob_id, drive_id, at_ms) for blob_id in absent}
            if not fresh or await self._put(list(fresh.values())):
                return [standing.get(blob_id) or fresh[blob_id] for blob_id in blob_ids]
            await self.pause(attempt)
        raise Unavailable("It is not known yet whether this was given up; ask again.", retry_after_seconds=1)

    async def _put(self, blobs: Sequence[Blob]) -> bool:
        """All, or none for certain, or nobody knows: then False."""
        condition = not_exists("blobid")
        try:
            await self.db.transact([self.table.putting(_row(blob), condition) for blob in blobs])
        except (TransactionCancelled, Unavailable):
            return False
        return True


def _row(abandoned: Blob) -> BlobRow:
    return replace(
        blob_row(abandoned), expires_at=(abandoned.decided_at_ms + ABANDONED_KEPT_MS) // MS_A_SECOND
    )


def _abandoned(blob_id: BlobId, drive_id: DriveId, at_ms: int) -> Blob:
    return Blob(id=blob_id, drive_id=drive_id, state=BlobState.ABANDONED, decided_at_ms=at_ms)
