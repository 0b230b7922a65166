"""Finding bytes that a drive holds already, over the rows of the store in memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from file_metadata_service.domain.blobs import Blob, BlobState, Content
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.ledger import blob_key
from tests.fakes.metadata_store import InMemoryMetadata


@dataclass(frozen=True, slots=True)
class InMemoryKnownBlobs:
    """The port KnownBlobs."""

    store: InMemoryMetadata

    async def of_content(self, content: Content) -> Sequence[BlobId]:
        self.store.calls.append("query")
        await asyncio.sleep(0)
        live = (it for it in self.store.rows.values() if isinstance(it, Blob) and it.state is BlobState.LIVE)
        return [blob.id for blob in live if blob.content == content][:3]

    async def keep(self, blob_id: BlobId, *, at_ms: int) -> Blob | None:
        self.store.calls.append("keep")
        await asyncio.sleep(0)
        blob = self.store.rows.get(blob_key(blob_id))
        if not isinstance(blob, Blob) or blob.state is not BlobState.LIVE:
            return None
        if blob.zero_since_ms is not None and blob.zero_since_ms < at_ms:
            blob = self.store.rows[blob_key(blob_id)] = replace(blob, zero_since_ms=at_ms)
        return blob
