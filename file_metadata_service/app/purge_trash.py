"""What lies in the trash for too long is deleted for ever; what is not counted yet is counted."""

from dataclasses import dataclass

from chassis.errors import DomainError
from file_metadata_service.app.count_trash import CountTrash
from file_metadata_service.app.start_job import StartJob
from file_metadata_service.domain.jobs import JobKind
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.clock import Clock
from file_metadata_service.ports.listings import DueTrash

ITEMS_A_PASS = 200


@dataclass(frozen=True, slots=True)
class PurgeTrash:
    """A duty. Whoever restores an item in the last moment keeps it: the job that purges it looks at its row."""

    due_trash: DueTrash
    start: StartJob
    count: CountTrash
    clock: Clock

    @property
    def name(self) -> str:
        return "purge_trash"

    @property
    def every_seconds(self) -> float:
        return 60.0

    async def __call__(self) -> bool:
        now_ms = self.clock.now_ms()
        due = await self.due_trash.due(now_ms, limit=ITEMS_A_PASS)
        for item in due:
            await self._tend(item, now_ms)
        return False

    async def _tend(self, item: TrashItem, now_ms: int) -> None:
        try:
            if item.expires_at_ms > now_ms:
                await self.count(item)
                return
            spec = {"node_id": item.node.id, "trashed_at": str(item.trashed_at_ms)}
            await self.start.for_service(item.node.drive_id, JobKind.DELETE, spec)
        except DomainError:
            return  # the next pass looks again
