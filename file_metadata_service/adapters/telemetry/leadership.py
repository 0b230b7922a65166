"""Whether this instance is the one that does the duties of one."""

from prometheus_client import Gauge

from file_metadata_service.ports.leadership import Leadership

_LEADS = Gauge(
    "stowage_duties_lead", "1 while this instance does what one is enough for: purging the trash and the like"
)


class MeasuredLeadership:
    """A Leadership that shows whether it is held, over another one."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership

    async def holds(self) -> bool:
        held = await self._leadership.holds()
        _LEADS.set(held)
        return held
