"""Port: everything that a drive consists of, page by page. Not for requests: its cost grows with what there is."""

from typing import Protocol

from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.nodes import Version
from file_metadata_service.ports.ledger import Key
from file_metadata_service.ports.listings import Page


class Census(Protocol):
    """`start` is the last page's `next_start`; it stays good for as long as the store stands.

    Every method raises `chassis.errors.Unavailable` if the store does not answer.
    """

    async def drives(self, *, start: str | None) -> Page[DriveId]:
        """Every drive, in an order of the store's own, which does not change."""
        ...

    async def folders(self, drive_id: DriveId, *, start: str | None) -> Page[NodeId]:
        """Ids of the folders that have a row. What came or went in the last seconds may be missing or still there."""
        ...

    async def files(self, drive_id: DriveId, *, start: str | None) -> Page[NodeId]:
        """As `folders`."""
        ...

    async def entries(self, folder_id: NodeId, *, start: str | None) -> Page[Key]:
        """The places of the names in a folder, consistently."""
        ...

    async def trash(self, drive_id: DriveId, *, start: str | None) -> Page[Key]:
        """The places in the trash, consistently."""
        ...

    async def past_versions(self, drive_id: DriveId, *, start: str | None) -> Page[Key]:
        """The places of all past versions, whether or not their file is there. As `folders`."""
        ...

    async def versions(self, file_id: NodeId) -> tuple[Version, ...]:
        """All past versions of a file, consistently."""
        ...
