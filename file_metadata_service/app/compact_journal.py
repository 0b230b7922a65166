"""Keeping a journal bounded: old entries are forgotten, and whoever stood before them begins anew."""

import asyncio
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field

from chassis.errors import Unavailable
from file_metadata_service.app.heads import Heads
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, Position
from file_metadata_service.ports.journal import JournalReader
from file_metadata_service.ports.journal_upkeep import JournalUpkeep

DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLimits:
    """An entry is forgotten once it is older than `age_ms`, or has more than `entries` behind it.

    `page`: they go in pages of so many, `pages`: so many at a time; `every`: a look for each so many seqs, of which
    a time must be able to take away more than came.
    """

    age_ms: int = 30 * DAY_MS
    entries: int = 250_000
    page: int = 256
    pages: int = 4
    every: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactJournal:
    heads: Heads
    journal: JournalReader
    upkeep: JournalUpkeep
    limits: JournalLimits

    async def __call__(self, drive_id: DriveId) -> int:
        """Takes away a few pages at most, and returns how many entries that was; harmless to repeat, by anybody.

        The floor is raised before anything below it goes, so a reader finds all that lies behind its place, or learns
        that it does not. What a crash leaves below the floor goes first the next time. Raises Unavailable.
        """
        removed = 0
        for _ in range(self.limits.pages):
            head = await self.heads.read(drive_id)
            count = await self.upkeep.remove(drive_id, head.journal_floor, self.limits.page)
            removed += count
            if count < self.limits.page and not await self._raise_floor(head):
                break
        return removed

    async def _raise_floor(self, head: Drive) -> bool:
        floor = head.journal_floor + self.limits.page
        if floor > head.seq or not await self._is_old(head, floor):
            return False
        return await self.upkeep.raise_floor(head, floor)

    async def _is_old(self, head: Drive, seq: int) -> bool:
        if seq <= head.seq - self.limits.entries:
            return True
        found = await self.journal.page(head.id, seq - 1, 1)
        # Another one, or none: somebody else is compacting, too.
        oldest_kept_ms = self.heads.clock.now_ms() - self.limits.age_ms
        return bool(found) and found[0].seq == seq and found[0].at_ms < oldest_kept_ms


@dataclass(slots=True)
class Compactions:
    """Looks after the journals of drives that are being written, in the background, one after the other.

    Whoever writes a drive's every 256th entry looks after it: no sweeper is needed, and a drive that nobody writes to
    does not grow.
    """

    compact: CompactJournal
    _due: dict[DriveId, None] = field(default_factory=dict)
    _task: asyncio.Task[None] | None = None

    def landed(self, position: Position) -> None:
        """The drive's head is there now. Returns at once."""
        if position.seq % self.compact.limits.every:
            return
        self._due[position.drive_id] = None
        if self._task is None or self._task.done():
            # A context of its own: the work belongs to no single request.
            self._task = asyncio.get_running_loop().create_task(self._work(), context=Context())

    async def finish(self) -> None:
        """Waits until nothing is due."""
        while self._task is not None and not self._task.done():
            await asyncio.wait((self._task,))

    async def _work(self) -> None:
        while self._due:
            drive_id = next(iter(self._due))
            del self._due[drive_id]
            with suppress(Unavailable):  # the next look finds it as it is
                await self.compact(drive_id)
