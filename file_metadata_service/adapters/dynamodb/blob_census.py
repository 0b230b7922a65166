"""Which blobs there are, from DynamoDB."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.dynamodb import DynamoDB, Table
from file_metadata_service.adapters.dynamodb.mapping import PARTS_SUFFIX
from file_metadata_service.adapters.dynamodb.record_rows import blob_of
from file_metadata_service.adapters.dynamodb.rows import BlobRow
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.listings import Page


@dataclass(frozen=True, slots=True)
class DynamoBlobCensus:
    db: DynamoDB
    table: Table[BlobRow]

    async def standing(self, blob_ids: Sequence[BlobId]) -> list[Blob | None]:
        rows: list[BlobRow | None] = await self.db.batch_get([self.table.getting(it) for it in blob_ids])
        return [None if row is None else blob_of(row) for row in rows]

    async def live(self, *, limit: int, start: str | None) -> Page[Blob]:
        """The hashes of parts stand in rows between them, and are passed over."""
        page = await self.table.scan(limit=limit, start=None if start is None else {"blobid": start})
        live = (
            blob_of(row)
            for row in page.items
            if not row.blobid.endswith(PARTS_SUFFIX) and row.state == BlobState.LIVE
        )
        next_start = page.next_start
        return Page(tuple(live), str(next_start["blobid"]) if next_start else None)
