"""What proves that bytes are the bytes."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from file_upload_service.domain.layout import Plan

SHA256_BYTES = 32


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What S3 says it holds under a key; `checksum_sha256` as S3 spells it, None if it has none."""

    size_bytes: int
    checksum_sha256: str | None


def content_hash(part_hashes: Sequence[bytes]) -> str:
    """Hex SHA-256 over the concatenated SHA-256s of the parts, in order of their numbers."""
    return hashlib.sha256(b"".join(part_hashes)).hexdigest()


def part_checksum(sha256: bytes) -> str:
    """A part's hash, as S3's headers carry it."""
    return base64.b64encode(sha256).decode()


def expected_object(plan: Plan, part_hashes: Sequence[bytes]) -> StoredObject:
    """What S3 must answer to HEAD if it holds just these parts.

    An object of one PUT shows the hash of its bytes. One that was put together shows its composite checksum:
    base64 of the SHA-256 over the parts' SHA-256s, and their count
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html).
    """
    if not plan.is_multipart:
        return StoredObject(plan.size_bytes, part_checksum(part_hashes[0]))
    composite = base64.b64encode(hashlib.sha256(b"".join(part_hashes)).digest()).decode()
    return StoredObject(plan.size_bytes, f"{composite}-{plan.part_count}")
