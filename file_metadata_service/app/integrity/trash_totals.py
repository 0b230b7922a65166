"""What the drive says of its trash: the bytes that were counted in it, and how many items nobody has counted yet."""

from dataclasses import dataclass, replace

from file_metadata_service.app.integrity.inspector import Inspector, Report
from file_metadata_service.app.integrity.scene import Finding, Mending, Scene, finding
from file_metadata_service.app.integrity.tally import ATTEMPTS, TooBusy
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.census import Census
from file_metadata_service.ports.drives import DriveRepository


@dataclass(frozen=True, slots=True)
class TrashTotals:
    census: Census
    drives: DriveRepository
    inspector: Inspector

    async def check(self, head: Drive) -> Report | None:
        """What differs, counted while the head stood still, differs by as much at every other head.

        Raises TooBusy, Unavailable.
        """
        for _ in range(ATTEMPTS):
            bytes_counted, uncounted = await self._count(head)
            too_many = head.trash_bytes - bytes_counted, head.trash_uncounted - uncounted
            if too_many == (0, 0):
                return None
            now = await self.drives.get(head.id)
            assert now is not None
            if now.seq == head.seq:
                return await self._settle(head, *too_many)
            head = now
        raise TooBusy

    async def _settle(self, head: Drive, bytes_too_many: int, items_too_many: int) -> Report | None:
        def check(scene: Scene) -> Finding:
            now = scene.head
            right = replace(
                now,
                trash_bytes=now.trash_bytes - bytes_too_many,
                trash_uncounted=now.trash_uncounted - items_too_many,
            )
            subject = f"{bytes_too_many} bytes and {items_too_many} uncounted items more than counted"
            return finding(scene, DefectKind.TRASH_MISCOUNTED, subject, Mending(drive=right))

        return await self.inspector.settle(head.id, check)

    async def _count(self, head: Drive) -> tuple[int, int]:
        bytes_counted = uncounted = 0
        start: str | None = None
        while True:
            page = await self.census.trash(head.id, start=start)
            sight = await self.inspector.sights.glance(head, page.items)
            for item in sight.rows.values():
                if isinstance(item, TrashItem):
                    bytes_counted += item.size_bytes or 0
                    uncounted += item.size_bytes is None
            start = page.next_start
            if start is None:
                return bytes_counted, uncounted
