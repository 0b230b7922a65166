"""What need not be sent, because the drive holds it already."""

import re
from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_upload_service.domain.ids import BlobId

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Known:
    """A blob of the same drive that is the whole content. `content_hash`: hex."""

    blob_id: BlobId
    content_hash: str


def checked_content_hash(text: str) -> str:
    """The text if it may be a content hash, or is empty: none was given. Raises InvalidArgument."""
    if text and not _SHA256.fullmatch(text):
        raise InvalidArgument("A content hash is a SHA-256: 64 lower-case hex digits.")
    return text
