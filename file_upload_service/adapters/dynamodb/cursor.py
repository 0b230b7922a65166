"""Places in the list of an account's uploads: sealed, so that nobody can make one up or take another account's."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from chassis.dynamodb import Key
from file_upload_service.domain.errors import CursorInvalid
from file_upload_service.domain.ids import AccountId

SEAL_BYTES = 12
MAX_CURSOR_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class UploadCursors:
    """`secret` is that of all instances: a page may be asked of another one than the page before."""

    secret: bytes

    def give(self, account_id: AccountId, start: Key | None) -> str | None:
        """None at the end of the list."""
        if start is None:
            return None
        place = json.dumps([start["created_at"], start["uploadid"]]).encode()
        return urlsafe_b64encode(self._seal(account_id, place) + place).decode().rstrip("=")

    def take(self, account_id: AccountId, cursor: str | None) -> Key | None:
        """Raises CursorInvalid."""
        if not cursor:
            return None
        try:
            sealed = urlsafe_b64decode(cursor[:MAX_CURSOR_CHARACTERS] + "=" * (-len(cursor) % 4))
        except ValueError as error:
            raise CursorInvalid("This cursor was not given for this. Please begin without one.") from error
        seal, place = sealed[:SEAL_BYTES], sealed[SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(account_id, place)):
            raise CursorInvalid("This cursor was not given for this. Please begin without one.")
        created_at, upload_id = json.loads(place)
        return {"owner": account_id, "created_at": created_at, "uploadid": upload_id, "userid": account_id}

    def _seal(self, account_id: AccountId, place: bytes) -> bytes:
        message = b"\0".join((b"cursor", b"uploads", account_id.encode(), place))
        return hmac.new(self.secret, message, hashlib.sha256).digest()[:SEAL_BYTES]
