"""Port: the drives' own rows."""

from typing import Protocol

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId


class DriveRepository(Protocol):
    """Reads heads, and lets drives come into being. Only the ledger moves a head.

    Every method raises `chassis.errors.Unavailable` if the store does not answer.
    """

    async def get(self, drive_id: DriveId) -> Drive | None:
        """The head as it is now: never older than any write that was answered before this call."""
        ...

    async def create(self, drive: Drive) -> Drive:
        """Puts the drive unless there is one; answers the one that stands. Harmless to repeat."""
        ...


class Quotas(Protocol):
    """Raises `chassis.errors.Unavailable` if the store does not answer: setting it again is harmless."""

    async def set_quota(self, drive_id: DriveId, quota_bytes: int | None) -> Drive | None:
        """The drive as it is then, None if there is none. None bytes mean no limit.

        The head does not move: whatever is written next is checked against the quota as it stands.
        """
        ...
