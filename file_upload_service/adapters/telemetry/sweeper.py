"""Whether somebody sweeps, and how much waits to be swept."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import Counter, Gauge

from file_upload_service.domain.ids import AccountId, BlobId, UploadId
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.due_uploads import DueUploads
from file_upload_service.ports.leadership import Leadership
from file_upload_service.ports.unreferenced_blobs import UnreferencedBlobs, UnreferencedPage

_LEADS = Gauge("stowage_sweeper_leads", "1 while this instance is the one that sweeps")
_PASSES = Counter("stowage_sweeper_passes", "Passes of the sweeper, by outcome: OK or error", ("outcome",))
_FOUND = Counter("stowage_sweeper_uploads", "Uploads that a pass found due")
_DUE = Gauge("stowage_sweeper_due", "Uploads that the last pass found due; a pass takes at most 100")


_CONDEMNED = Counter(
    "stowage_collector_blobs", "Blobs whose bytes were deleted because nothing is made of them"
)
_FREED = Counter("stowage_collector_bytes", "Bytes of those blobs")
_OLDEST = Gauge(
    "stowage_collector_oldest_seconds", "Since when the oldest unreferenced blob is one; 0: there is none"
)


class MeasuredUnreferencedBlobs:
    """An UnreferencedBlobs that counts what goes, over another one."""

    def __init__(self, unreferenced: UnreferencedBlobs, clock: Clock) -> None:
        self._unreferenced = unreferenced
        self._clock = clock
        self._sizes: dict[BlobId, int] = {}
        self._oldest_seconds = 0.0

    async def list(self, cursor: str | None) -> UnreferencedPage:
        page = await self._unreferenced.list(cursor)
        self._sizes = {blob.id: blob.size_bytes for blob in page.blobs}
        since = [(self._clock.now() - blob.since).total_seconds() for blob in page.blobs]
        self._oldest_seconds = max([*since, self._oldest_seconds if cursor else 0])
        _OLDEST.set(self._oldest_seconds)
        return page

    async def condemn(self, blob_ids: Sequence[BlobId]) -> Sequence[BlobId]:
        return await self._unreferenced.condemn(blob_ids)

    async def confirm_deleted(self, blob_ids: Sequence[BlobId]) -> None:
        await self._unreferenced.confirm_deleted(blob_ids)
        _CONDEMNED.inc(len(blob_ids))
        _FREED.inc(sum(self._sizes.get(blob_id, 0) for blob_id in blob_ids))


class MeasuredDueUploads:
    """A DueUploads that counts, over another one. Each pass of the sweeper asks once."""

    def __init__(self, due_uploads: DueUploads) -> None:
        self._due_uploads = due_uploads

    async def due(self, now: datetime, *, limit: int) -> Sequence[tuple[AccountId, UploadId]]:
        outcome = "error"
        try:
            found = await self._due_uploads.due(now, limit=limit)
            outcome = "OK"
        finally:
            _PASSES.labels(outcome).inc()
        _DUE.set(len(found))
        _FOUND.inc(len(found))
        return found


class MeasuredLeadership:
    """A Leadership that shows whether it is held, over another one."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership

    async def holds(self) -> bool:
        held = await self._leadership.holds()
        _LEADS.set(held)
        if not held:
            # What it found while it led is another one's to tell now.
            _DUE.set(0)
            _OLDEST.set(0)
        return held
