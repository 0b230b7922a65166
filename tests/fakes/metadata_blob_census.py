"""Which blobs there are, over the rows of the store in memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.ledger import blob_key
from file_metadata_service.ports.listings import Page
from tests.fakes.metadata_store import InMemoryMetadata


@dataclass(frozen=True, slots=True)
class InMemoryBlobCensus:
    """The port BlobCensus."""

    store: InMemoryMetadata

    async def standing(self, blob_ids: Sequence[BlobId]) -> list[Blob | None]:
        await asyncio.sleep(0)
        rows = [self.store.rows.get(blob_key(blob_id)) for blob_id in blob_ids]
        return [row if isinstance(row, Blob) else None for row in rows]

    async def live(self, *, limit: int, start: str | None) -> Page[Blob]:
        await asyncio.sleep(0)
        blobs = sorted((it for it in self.store.rows.values() if isinstance(it, Blob)), key=lambda it: it.id)
        behind = [blob for blob in blobs if blob.id > (start or "")]
        page = behind[:limit]
        live = tuple(blob for blob in page if blob.state is BlobState.LIVE)
        return Page(live, page[-1].id if len(behind) > limit else None)
