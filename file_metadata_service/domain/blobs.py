"""Blobs: immutable bytes of one drive, and the record of what became of them."""

from dataclasses import dataclass
from enum import StrEnum

from file_metadata_service.domain.ids import BlobId, DriveId
from file_metadata_service.domain.nodes import File


class BlobState(StrEnum):
    """`alias`, `condemned` and `gone` come with deduplication and collection."""

    LIVE = "live"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Who won: the Commit (`live`) or the Abandon, whichever put the row first.

    `committed`: the first answer of its Commit, at `seq`, for repeats. Abandoned ones have none.
    `only_part`: the SHA-256 of its part, if it is one; those of several stand in a row of their own.
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


@dataclass(frozen=True, slots=True)
class BlobParts:
    """The SHA-256 of each of several parts, in order. Apart from the blob, so that counting references stays cheap."""

    blob_id: BlobId
    sha256: tuple[bytes, ...]
