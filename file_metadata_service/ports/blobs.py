"""Port: deciding that a blob becomes nothing."""

from collections.abc import Sequence
from typing import Protocol

from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.ids import BlobId, DriveId


class BlobDecisions(Protocol):
    """The other half of a Commit's condition: both put the blob's row only if it is absent."""

    async def abandon(self, drive_id: DriveId, blob_ids: Sequence[BlobId], *, at_ms: int) -> list[Blob]:
        """For each, in order, the row that stands now: the abandoned one, or the one that was there before.

        Harmless to repeat. Raises `chassis.errors.Unavailable`: some may be decided, asking again tells.
        """
        ...
