"""Port: letting go of blobs that no version is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.ids import BlobId


@dataclass(frozen=True, slots=True)
class UnreferencedPage:
    """`next_cursor`: behind the last of them, None at the end."""

    blobs: tuple[Blob, ...]
    next_cursor: str | None


class BlobCollection(Protocol):
    """Each write is a condition on the row as it stands: a reference that was taken meanwhile wins.

    Every method may raise `chassis.errors.Unavailable`; all are harmless to repeat.
    """

    async def unreferenced(self, since_ms: int, *, limit: int, cursor: str | None) -> UnreferencedPage:
        """Live and condemned blobs that nothing has referred to since then. A hint: it may lag.

        Raises CursorInvalid.
        """
        ...

    async def condemn(self, blob_ids: Sequence[BlobId], *, since_ms: int) -> list[BlobId]:
        """Those of them that are condemned now, in order; the others are referred to, or not known.

        A condemned blob takes no reference any more, whoever asks.
        """
        ...

    async def bury(self, blob_ids: Sequence[BlobId], *, at_ms: int) -> None:
        """Condemned ones are gone, and their rows expire GONE_KEPT_MS later; others stay as they are."""
        ...
