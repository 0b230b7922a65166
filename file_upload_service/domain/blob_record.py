"""What metadata knows of a blob."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from enum import StrEnum

from file_upload_service.domain.content import StoredObject
from file_upload_service.domain.ids import BlobId


class BlobState(StrEnum):
    UNKNOWN = "unknown"
    LIVE = "live"  # its bytes must be there
    CONDEMNED = "condemned"  # they are about to be deleted
    ENDED = "ended"  # there must be none


@dataclass(frozen=True, slots=True)
class BlobRecord:
    """`content_hash`: hex SHA-256 over the parts' SHA-256s; empty of what never was a version."""

    id: BlobId
    state: BlobState
    size_bytes: int = 0
    content_hash: str = ""

    def is_held_as(self, stored: StoredObject) -> bool:
        """Whether what S3 says of its object proves these bytes, however they were sent.

        The checksum of several parts is their composite one, which is the content hash itself, and their count. That of
        a single PUT is the hash of its bytes, which are the only part.
        """
        if stored.checksum_sha256 is None or stored.size_bytes != self.size_bytes:
            return False
        checksum, composite, _ = stored.checksum_sha256.partition("-")
        try:
            digest = base64.b64decode(checksum, validate=True)
        except binascii.Error:
            return False
        return (digest if composite else hashlib.sha256(digest).digest()).hex() == self.content_hash
