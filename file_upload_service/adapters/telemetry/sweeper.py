"""Whether somebody sweeps, and how much waits to be swept."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import Counter, Gauge

from file_upload_service.domain.ids import AccountId, UploadId
from file_upload_service.ports.due_uploads import DueUploads
from file_upload_service.ports.leadership import Leadership

_LEADS = Gauge("stowage_sweeper_leads", "1 while this instance is the one that sweeps")
_PASSES = Counter("stowage_sweeper_passes", "Passes of the sweeper, by outcome: OK or error", ("outcome",))
_FOUND = Counter("stowage_sweeper_uploads", "Uploads that a pass found due")
_DUE = Gauge("stowage_sweeper_due", "Uploads that the last pass found due; a pass takes at most 100")


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
        return held
