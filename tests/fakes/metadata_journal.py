"""The journal in memory, and whom it woke."""

import asyncio
from dataclasses import dataclass, field, replace

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, Position
from file_metadata_service.domain.journal import JournalEntry
from tests.fakes.metadata_store import InMemoryMetadata


@dataclass(slots=True)
class InMemoryJournal:
    """Implements JournalReader and JournalUpkeep. `rows_in_a_page`: where the store cuts pages short."""

    store: InMemoryMetadata
    rows_in_a_page: int = 1_000

    async def page(self, drive_id: DriveId, after_seq: int, limit: int) -> tuple[JournalEntry, ...]:
        self.store.calls.append("journal")
        self.store.faults.check_read()
        await asyncio.sleep(0)
        behind = sorted(seq for drive, seq in self.store.journal if drive == drive_id and seq > after_seq)
        writings = (self.store.journal[drive_id, seq] for seq in behind[: min(limit, self.rows_in_a_page)])
        return tuple(JournalEntry(it.after.seq, it.at_ms, it.changes) for it in writings)

    async def raise_floor(self, drive: Drive, floor: int) -> bool:
        self.store.calls.append("floor")
        self.store.faults.check_read()
        await asyncio.sleep(0)
        head = self.store.heads[drive.id]
        stands = (head.journal_id, head.journal_floor) == (drive.journal_id, drive.journal_floor)
        if stands and head.seq >= floor:
            self.store.heads[drive.id] = replace(head, journal_floor=floor)
        return stands and head.seq >= floor

    async def remove(self, drive_id: DriveId, through_seq: int, limit: int) -> int:
        self.store.calls.append("remove")
        self.store.faults.check_read()
        await asyncio.sleep(0)
        found = sorted(seq for drive, seq in self.store.journal if drive == drive_id and seq <= through_seq)
        for seq in found[:limit]:
            del self.store.journal[drive_id, seq]
        return len(found[:limit])


@dataclass(slots=True)
class RecordingWakeUps:
    """Implements WakeUps."""

    positions: list[Position] = field(default_factory=list)

    def landed(self, position: Position) -> None:
        self.positions.append(position)
