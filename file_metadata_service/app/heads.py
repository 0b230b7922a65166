"""The head of a drive, which comes into being with its first access."""

from dataclasses import dataclass

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.ports.clock import Clock, FreshTokens
from file_metadata_service.ports.drives import DriveRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """`default_quota_bytes` None: no limit. It is given to new drives; old ones keep theirs."""

    drives: DriveRepository
    clock: Clock
    tokens: FreshTokens
    default_quota_bytes: int | None

    async def read(self, drive_id: DriveId) -> Drive:
        """The head as it is now. Raises Unavailable."""
        drive = await self.drives.get(drive_id)
        if drive is not None:
            return drive
        fresh = Drive(
            id=drive_id,
            journal_id=self.tokens(),
            created_at_ms=self.clock.now_ms(),
            quota_bytes=self.default_quota_bytes,
        )
        return await self.drives.create(fresh)
