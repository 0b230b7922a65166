"""Metadata's half of collecting blobs, in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime

from file_upload_service.domain.ids import BlobId
from file_upload_service.ports.unreferenced_blobs import UnreferencedBlob, UnreferencedPage

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


class InMemoryUnreferencedBlobs:
    """The port UnreferencedBlobs, in pages of two. `unused`: nothing refers to them; a hint lists also `listed`."""

    def __init__(self) -> None:
        self.unused: set[BlobId] = set()
        self.listed: set[BlobId] = set()
        self.condemned: set[BlobId] = set()
        self.gone: set[BlobId] = set()

    async def list(self, cursor: str | None) -> UnreferencedPage:
        behind = sorted(it for it in self.unused | self.listed | self.condemned if it > (cursor or ""))
        blobs = tuple(UnreferencedBlob(blob_id, 5, SINCE) for blob_id in behind[:2])
        return UnreferencedPage(blobs, behind[1] if len(behind) > 2 else None)

    async def condemn(self, blob_ids: Sequence[BlobId]) -> Sequence[BlobId]:
        wanted = set(blob_ids)
        self.condemned |= wanted & self.unused
        self.unused -= wanted
        return [blob_id for blob_id in blob_ids if blob_id in self.condemned]

    async def confirm_deleted(self, blob_ids: Sequence[BlobId]) -> None:
        self.gone |= self.condemned & set(blob_ids)
        self.condemned -= set(blob_ids)
