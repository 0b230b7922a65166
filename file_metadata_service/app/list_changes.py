"""What happened to a drive behind a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.list_folder import check_limit
from file_metadata_service.domain.errors import CursorInvalid, CursorReset
from file_metadata_service.domain.ids import Actor, DriveId, Position, own_drive
from file_metadata_service.domain.journal import JournalEntry
from file_metadata_service.domain.rights import Right, may
from file_metadata_service.ports.journal import JournalReader

LISTING = "changes"


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Each entry with the cursor behind it. `more`: whether something stands behind `next_cursor` already."""

    entries: tuple[tuple[JournalEntry, str], ...]
    next_cursor: str
    more: bool
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChanges:
    heads: Heads
    journal: JournalReader
    cursors: Cursors

    async def __call__(self, actor: Actor, *, cursor: str, limit: int) -> ChangePage:
        """`limit` counts entries, 0 means 200; without a cursor the page is empty, and its cursor is the head's.

        Raises CursorInvalid, CursorReset, InvalidArgument, Unavailable.
        """
        limit = check_limit(limit)
        if not cursor:
            now = (await self.heads.read(own_drive(actor.account_id))).position
            return ChangePage((), self._cursor(now), more=False, position=now)
        place = self._place(actor, cursor)
        # First the head: whatever it says is there is found afterwards, unless it was compacted away meanwhile.
        head = await self.heads.read(place.drive_id)
        head.check_place(place)
        if place.seq == head.seq:
            return ChangePage((), self._cursor(place), more=False, position=place)
        entries = await self.journal.page(place.drive_id, place.seq, limit)
        _check_gapless(place, entries)
        last = replace(place, seq=entries[-1].seq)
        with_cursors = tuple((entry, self._cursor(replace(place, seq=entry.seq))) for entry in entries)
        now = replace(place, seq=max(head.seq, last.seq))
        return ChangePage(with_cursors, with_cursors[-1][1], more=last.seq < head.seq, position=now)

    def _cursor(self, place: Position) -> str:
        return self.cursors.give(LISTING, f"{place.drive_id}.{place.journal_id}.{place.seq}")

    def _place(self, actor: Actor, cursor: str) -> Position:
        words = (self.cursors.take(LISTING, cursor) or "").split(".")
        drive_id, journal_id, seq = DriveId(words[0]), words[1], int(words[2])
        if not may(actor, drive_id, Right.READ):
            raise CursorInvalid("This cursor was not given for this. Please begin without one.")
        return Position(drive_id, journal_id, seq)


def _check_gapless(place: Position, entries: Sequence[JournalEntry]) -> None:
    """Compaction raises the floor before it removes: what is missing here lies below it by now."""
    if not entries or entries[0].seq != place.seq + 1 or entries[-1].seq != place.seq + len(entries):
        raise CursorReset("What happened since is not known any more. Please list the drive anew.")
