"""What need not be sent, because the drive holds it already."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_upload_service.domain.content import SHA256_BYTES
from file_upload_service.domain.errors import PartNumberInvalid
from file_upload_service.domain.ids import BlobId, NodeId, blob_key
from file_upload_service.domain.layout import MAX_PARTS, MIB, Plan
from file_upload_service.domain.part import Part, PartClaim

# Of a smaller object S3 copies no range (https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html).
SMALLEST_SOURCE_BYTES = 5 * MIB
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Known:
    """A blob of the same drive that is the whole content. `content_hash`: hex."""

    blob_id: BlobId
    content_hash: str


@dataclass(frozen=True, slots=True)
class BaseVersion:
    """A file that may be mostly the same; `number` None: its current version."""

    node_id: NodeId
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PartCopy:
    """Bytes `first` to `last`, both included, of the object under `source_key` are the part that is claimed."""

    claim: PartClaim
    source_key: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class KnownParts:
    """A blob of the same drive that was cut as the upload is. `sha256`: of each part, in order."""

    blob_id: BlobId
    size_bytes: int
    sha256: tuple[bytes, ...]

    def copies(self, plan: Plan, claims: Sequence[PartClaim], held: Collection[Part]) -> list[PartCopy]:
        """What of the claims is in it, wherever; but for what has arrived, or was announced with another hash."""
        if not plan.is_multipart or self.size_bytes <= SMALLEST_SOURCE_BYTES:
            return []
        places = {sha256: place for place, sha256 in reversed(list(enumerate(self.sha256)))}
        before = {part.number: part for part in held}
        wanted = [it for it in claims if it.sha256 in places and _is_missing(it, before.get(it.number))]
        found = [self._copy(plan, claim, places[claim.sha256]) for claim in wanted]
        return [it for it in found if it.last - it.first + 1 == plan.length_of(it.claim.number)]

    def _copy(self, plan: Plan, claim: PartClaim, place: int) -> PartCopy:
        first = place * plan.part_size_bytes
        last = min(first + plan.part_size_bytes, self.size_bytes) - 1
        return PartCopy(claim, blob_key(self.blob_id), first, last)


def _is_missing(claim: PartClaim, before: Part | None) -> bool:
    return before is None or (before.etag is None and before.sha256 == claim.sha256)


def check_all_claims(plan: Plan, claims: Sequence[PartClaim]) -> None:
    """Of as many parts as a file may have. Raises InvalidArgument, PartNumberInvalid."""
    if len(claims) > MAX_PARTS or any(len(claim.sha256) != SHA256_BYTES for claim in claims):
        raise InvalidArgument(f"At most {MAX_PARTS} parts, and a part's SHA-256 has 32 bytes.")
    if len({claim.number for claim in claims}) < len(claims):
        raise PartNumberInvalid("A part is named twice.")
    for claim in claims:
        plan.length_of(claim.number)


def checked_content_hash(text: str) -> str:
    """The text if it may be a content hash, or is empty: none was given. Raises InvalidArgument."""
    if text and not _SHA256.fullmatch(text):
        raise InvalidArgument("A content hash is a SHA-256: 64 lower-case hex digits.")
    return text
