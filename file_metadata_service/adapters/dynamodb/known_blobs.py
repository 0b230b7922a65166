"""Finding bytes that a drive holds already, by the sparse index of contents."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.dynamodb import ConditionFailed, Table, equals, exists
from file_metadata_service.adapters.dynamodb.record_rows import blob_of, content_key
from file_metadata_service.adapters.dynamodb.rows import BlobRow, ContentRow
from file_metadata_service.adapters.dynamodb.tables import CONTENT
from file_metadata_service.domain.blobs import Blob, BlobState, Content
from file_metadata_service.domain.ids import BlobId

# Two that were sent at once are the same content twice. One of a few will do.
A_FEW = 3
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class DynamoKnownBlobs:
    table: Table[BlobRow]
    contents: Table[ContentRow]

    async def of_content(self, content: Content) -> Sequence[BlobId]:
        page = await self.contents.query(content_key(content), index=CONTENT, limit=A_FEW)
        return [BlobId(row.blobid) for row in page.items]

    async def keep(self, blob_id: BlobId, *, at_ms: int) -> Blob | None:
        """What is referred to needs no more: its last reference will start the time anew. The time of what is not
        referred to starts anew here; the collector's own condition reads it.
        """
        for _ in range(ATTEMPTS):
            row = await self.table.get(blob_id)
            if row is None or row.state != BlobState.LIVE:
                return None
            if row.zero_since is None or row.zero_since >= at_ms:
                return blob_of(row)
            unused = equals("state", BlobState.LIVE) & equals("references", 0)
            try:
                kept = await self.table.update(
                    blob_id, set={"zero_since": at_ms}, condition=exists("blobid") & unused
                )
            except ConditionFailed:
                continue  # taken or condemned meanwhile
            return blob_of(kept)
        return None
