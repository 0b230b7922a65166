"""Port: taking away what stands in a journal for too long."""

from typing import Protocol

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId


class JournalUpkeep(Protocol):
    """Raises `chassis.errors.Unavailable`: it may have happened, and asking again is harmless."""

    async def raise_floor(self, drive: Drive, floor: int) -> bool:
        """`drive`'s floor is `floor` from now on, if it still is what `drive` says, in the same journal; else False.

        Nothing else of the drive changes.
        """
        ...

    async def remove(self, drive_id: DriveId, through_seq: int, limit: int) -> int:
        """Removes entries up to `through_seq`, oldest first, at most `limit` of them; returns how many it found."""
        ...
