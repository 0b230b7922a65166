"""How an upload ends, or why it stops."""

from dataclasses import dataclass
from typing import Self

from chassis.errors import DomainError, Kind
from file_upload_service.domain.errors import CommandIdReused
from file_upload_service.domain.ids import BlobId, NodeId

# Answers to Commit that say nothing about the file: the metadata service, or the way to it, is in trouble.
PASSING = frozenset({Kind.UNAVAILABLE, Kind.THROTTLED, Kind.INTERNAL, Kind.UNAUTHENTICATED})


@dataclass(frozen=True, slots=True)
class Committed:
    """What the upload became.

    `position` is the drive's place after the commit: `<driveid>.<journal_id>.<seq>`. `blob_id`: whose bytes the file
    has, another blob's if they were known; None if nobody said.
    """

    node_id: NodeId
    name: str
    revision: int
    position: str
    blob_id: BlobId | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it stopped. A lasting one ends the upload as `failed`; others its owner can mend."""

    kind: Kind
    code: str
    detail: str
    lasting: bool = False

    @classmethod
    def told(cls, refusal: DomainError) -> Self:
        """Why a Commit was refused. What has been made of the same id before no other place mends."""
        lasting = refusal.code == CommandIdReused.code
        return cls(refusal.kind, refusal.code, refusal.detail, lasting=lasting)


EXPIRED = Failure(Kind.CONFLICT, "upload_expired", "The upload was left lying for too long.")
