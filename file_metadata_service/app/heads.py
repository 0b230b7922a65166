"""The head of a drive, which comes into being with its first access."""

from dataclasses import dataclass

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.errors import CursorReset
from file_metadata_service.domain.ids import DriveId, Seen
from file_metadata_service.ports.clock import Clock, FreshTokens
from file_metadata_service.ports.drives import DriveRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """`default_quota_bytes` None: no limit. It is given to new drives; old ones keep theirs."""

    drives: DriveRepository
    clock: Clock
    tokens: FreshTokens
    default_quota_bytes: int | None

    async def read(self, drive_id: DriveId, seen: Seen = ()) -> Drive:
        """The head as it is now.

        Raises CursorReset if `seen` has a place of that drive which lies in another journal, or ahead of the head:
        the drive was restored from a backup. Raises Unavailable.
        """
        drive = await self.drives.get(drive_id) or await self._first(drive_id)
        for place in seen:
            if place.drive_id == drive_id and (place.journal_id != drive.journal_id or place.seq > drive.seq):
                raise CursorReset("The drive is no longer what you have seen of it. List it anew.")
        return drive

    async def _first(self, drive_id: DriveId) -> Drive:
        fresh = Drive(
            id=drive_id,
            journal_id=self.tokens(),
            created_at_ms=self.clock.now_ms(),
            quota_bytes=self.default_quota_bytes,
        )
        return await self.drives.create(fresh)
