"""Port: a drive's journal, read in order."""

from typing import Protocol

from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.journal import JournalEntry


class JournalReader(Protocol):
    async def page(self, drive_id: DriveId, after_seq: int, limit: int) -> tuple[JournalEntry, ...]:
        """What stands behind `after_seq`, oldest first: at most `limit` (1-1000) entries.

        One consistent query. Perhaps fewer, even with more to come, if the store cuts a page short, but none only
        if there are none: the last one's seq is where to go on. They have no gaps above the drive's
        `journal_floor`; below it rows are being removed. Raises `chassis.errors.Unavailable`.
        """
        ...
