"""Port: all nodes of a drive, page by page. Not for requests: its cost grows with what there is."""

from typing import Protocol

from file_metadata_service.domain.ids import DriveId
from file_metadata_service.ports.ledger import Key
from file_metadata_service.ports.listings import Page


class NodeWalk(Protocol):
    async def page(self, drive_id: DriveId, *, start: str | None) -> Page[Key]:
        """Where the rows of folders and files stand, in the tree and in the trash, in no particular order.

        Reads an index: what came or went in the last seconds may be missing, or still be there. Perhaps no keys at
        all, even with more to come. Raises `chassis.errors.Unavailable`.
        """
        ...
