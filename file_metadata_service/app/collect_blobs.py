"""Let go of blobs that nothing refers to: metadata decides, the upload service deletes, metadata takes note."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_metadata_service.domain.blobs import UNREFERENCED_MS
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.blob_collection import BlobCollection, UnreferencedPage
from file_metadata_service.ports.clock import Clock

MAX_BLOBS = 100


@dataclass(frozen=True, slots=True)
class CollectBlobs:
    """All steps are harmless to repeat, so whoever dies between them is followed by anybody."""

    collection: BlobCollection
    clock: Clock

    async def unreferenced(self, limit: int, cursor: str | None) -> UnreferencedPage:
        """At most `limit`, at most 100. Raises CursorInvalid, InvalidArgument, Unavailable."""
        if not 0 < limit <= MAX_BLOBS:
            raise InvalidArgument(f"Between 1 and {MAX_BLOBS} blobs at a time.")
        return await self.collection.unreferenced(self._since_ms(), limit=limit, cursor=cursor)

    async def condemn(self, blob_ids: Sequence[BlobId]) -> list[BlobId]:
        """Those whose bytes may be deleted. Raises InvalidArgument, Unavailable."""
        return await self.collection.condemn(_few(blob_ids), since_ms=self._since_ms())

    async def confirm_deleted(self, blob_ids: Sequence[BlobId]) -> None:
        """What is not condemned is left as it is. Raises InvalidArgument, Unavailable."""
        await self.collection.bury(_few(blob_ids), at_ms=self.clock.now_ms())

    def _since_ms(self) -> int:
        return self.clock.now_ms() - UNREFERENCED_MS


def _few(blob_ids: Sequence[BlobId]) -> list[BlobId]:
    if len(blob_ids) > MAX_BLOBS:
        raise InvalidArgument(f"At most {MAX_BLOBS} blobs at a time.")
    return list(dict.fromkeys(blob_ids))
