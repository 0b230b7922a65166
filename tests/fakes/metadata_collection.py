"""Letting go of blobs, over the rows of the store in memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.errors import CursorInvalid
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.blob_collection import UnreferencedPage
from file_metadata_service.ports.ledger import blob_key, parts_key
from tests.fakes.metadata_store import InMemoryMetadata


@dataclass(frozen=True, slots=True)
class InMemoryBlobCollection:
    """The port BlobCollection."""

    store: InMemoryMetadata

    async def unreferenced(self, since_ms: int, *, limit: int, cursor: str | None) -> UnreferencedPage:
        await asyncio.sleep(0)
        behind = _place(cursor) if cursor else ("", 0, "")
        due = sorted(
            (blob.id[:1], blob.zero_since_ms, blob.id)
            for blob in self.store.rows.values()
            if isinstance(blob, Blob) and blob.zero_since_ms is not None and blob.zero_since_ms <= since_ms
        )
        page = [place for place in due if place > behind][:limit]
        blobs = [self.store.rows[blob_key(blob_id)] for _, _, blob_id in page]
        more = f"{page[-1][1]}.{page[-1][2]}" if len(page) == limit else None
        return UnreferencedPage(tuple(blob for blob in blobs if isinstance(blob, Blob)), more)

    async def condemn(self, blob_ids: Sequence[BlobId], *, since_ms: int) -> list[BlobId]:
        await asyncio.sleep(0)
        condemned = []
        for blob_id in blob_ids:
            blob = self.store.rows.get(blob_key(blob_id))
            if not isinstance(blob, Blob):
                continue
            if blob.has_been_unreferenced_since(since_ms):
                blob = self.store.rows[blob_key(blob_id)] = replace(blob, state=BlobState.CONDEMNED)
            if blob.state is BlobState.CONDEMNED:
                condemned.append(blob_id)
        return condemned

    async def bury(self, blob_ids: Sequence[BlobId], *, at_ms: int) -> None:
        await asyncio.sleep(0)
        for blob_id in blob_ids:
            blob = self.store.rows.get(blob_key(blob_id))
            if isinstance(blob, Blob) and blob.state is BlobState.CONDEMNED:
                self.store.rows[blob_key(blob_id)] = replace(blob, state=BlobState.GONE, zero_since_ms=None)
                self.store.rows.pop(parts_key(blob_id), None)


def _place(cursor: str) -> tuple[str, int, BlobId]:
    since, _, blob_id = cursor.partition(".")
    if not (
        since.isascii() and since.isdecimal() and len(since) < 20 and blob_id[:1] in set("0123456789abcdef")
    ):
        raise CursorInvalid
    return blob_id[:1], int(since), BlobId(blob_id)
