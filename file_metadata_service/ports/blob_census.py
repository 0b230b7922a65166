"""Port: which blobs there are. Not for requests of people: its cost grows with what there is."""

from collections.abc import Sequence
from typing import Protocol

from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.ports.listings import Page


class BlobCensus(Protocol):
    """Reads consistently. Every method raises `chassis.errors.Unavailable` if the store does not answer."""

    async def standing(self, blob_ids: Sequence[BlobId]) -> list[Blob | None]:
        """The row of each, in order; None where there is none."""
        ...

    async def live(self, *, limit: int, start: str | None) -> Page[Blob]:
        """The live ones among the next `limit` rows, in an order of the store's own, which does not change."""
        ...
