"""Port: finding bytes that a drive holds already."""

from collections.abc import Sequence
from typing import Protocol

from file_metadata_service.domain.blobs import Blob, Content
from file_metadata_service.domain.ids import BlobId


class KnownBlobs(Protocol):
    """Every method raises `chassis.errors.Unavailable` if the store does not answer."""

    async def of_content(self, content: Content) -> Sequence[BlobId]:
        """A few live blobs that are this content. A hint: it may lag."""
        ...

    async def keep(self, blob_id: BlobId, *, at_ms: int) -> Blob | None:
        """The blob if it is live, else None; consistent. Once this has answered it will not be condemned before
        `at_ms` + UNREFERENCED_MS, though no version is made of it. Harmless to repeat.
        """
        ...
