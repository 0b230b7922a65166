"""Cursors of listings: opaque, and good only for the listing that gave them."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass

from file_metadata_service.domain.errors import CursorInvalid

SEAL_BYTES = 12
CURSOR_MAX_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals a place with the name of its listing, so that nobody can make one up or carry it elsewhere."""

    secret: bytes

    def give(self, listing: str, start: str | None) -> str:
        """Empty at the end of the listing."""
        if start is None:
            return ""
        place = start.encode()
        return urlsafe_b64encode(self._seal(listing, place) + place).decode().rstrip("=")

    def take(self, listing: str, cursor: str) -> str | None:
        """The place; None for an empty cursor, which means the beginning. Raises CursorInvalid."""
        if not cursor:
            return None
        try:
            sealed = urlsafe_b64decode(cursor[:CURSOR_MAX_CHARACTERS] + "=" * (-len(cursor) % 4))
        except (NotBase64, ValueError) as error:
            raise CursorInvalid("This cursor was not given for this. Please begin without one.") from error
        seal, place = sealed[:SEAL_BYTES], sealed[SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(listing, place)):
            raise CursorInvalid("This cursor was not given for this. Please begin without one.")
        return place.decode()

    def _seal(self, listing: str, place: bytes) -> bytes:
        message = b"\0".join((b"cursor", listing.encode(), place))
        return hmac.new(self.secret, message, hashlib.sha256).digest()[:SEAL_BYTES]
