"""Blobs: immutable bytes of one drive, and the record of what became of them."""

from dataclasses import dataclass, replace
from enum import StrEnum

from file_metadata_service.domain.errors import BlobGone
from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.domain.nodes import File

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
# Longer than any signed URL lives, so that nobody reads or writes bytes that are being deleted.
UNREFERENCED_MS = DAY_MS
# A repeat of what once decided about a blob finds its row for longer than an upload's own row lives after its end.
GONE_KEPT_MS = 7 * DAY_MS
ABANDONED_KEPT_MS = 30 * DAY_MS
# Longer than an upload may take to learn that it was committed, if everybody takes their time.
ALIAS_KEPT_MS = 90 * DAY_MS


class BlobState(StrEnum):
    """`live → condemned → gone`, or `abandoned` or `alias` from the first.

    A condemned blob takes no reference any more, so its bytes may be deleted; of a gone one they are. An alias never
    has bytes: its Commit made a version of those that were known.
    """

    LIVE = "live"
    ALIAS = "alias"
    ABANDONED = "abandoned"
    CONDEMNED = "condemned"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Content:
    """What bytes of a drive are called by. `content_hash`: SHA-256 over the SHA-256s of the parts of that layout."""

    drive_id: DriveId
    size_bytes: int
    layout: str
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Who won: the Commit (`live` or `alias`) or the Abandon, whichever put the row first.

    `references`: how many versions are these bytes, current and past ones, whatever trash their files lie in.
    `zero_since_ms`: since when none is; the collector looks for it.
    `committed`: the first answer of its Commit, at `seq`, for repeats. Abandoned ones have none.
    `only_part`: the SHA-256 of its part, if it is one; those of several stand in a row of their own.
    `alias_of`: of an alias only, the blob whose bytes its Commit made a version of.
    """

    id: BlobId
    drive_id: DriveId
    state: BlobState
    decided_at_ms: int
    references: int = 0
    size_bytes: int = 0
    content_hash: str = ""
    layout: str = ""
    only_part: bytes | None = None
    committed: File | None = None
    seq: int = 0
    zero_since_ms: int | None = None
    alias_of: BlobId | None = None

    @property
    def content(self) -> Content:
        return Content(self.drive_id, self.size_bytes, self.layout, self.content_hash)

    def has_been_unreferenced_since(self, at_ms: int) -> bool:
        """Whether it may be condemned: nothing has been made of it since then."""
        unused = self.zero_since_ms is not None and self.zero_since_ms <= at_ms
        return self.state is BlobState.LIVE and self.references == 0 and unused

    def taken(self) -> "Blob":
        """One version more. Raises BlobGone unless it is live: a condemned one may be gone in a moment."""
        if self.state is not BlobState.LIVE:
            raise BlobGone("The bytes of this version are not there any more.")
        return replace(self, references=self.references + 1, zero_since_ms=None)

    def released(self, *, at_ms: int) -> "Blob":
        """One version less; the last one starts the time until it is collected."""
        references = max(0, self.references - 1)
        return replace(self, references=references, zero_since_ms=None if references else at_ms)


@dataclass(frozen=True, slots=True)
class BlobParts:
    """The SHA-256 of each of several parts, in order. Apart from the blob, so that counting references stays cheap."""

    blob_id: BlobId
    sha256: tuple[bytes, ...]
