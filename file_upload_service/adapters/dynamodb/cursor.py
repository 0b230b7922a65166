"""Places in the list of an account's uploads."""

import base64
import binascii
import json

from chassis.dynamodb import Key
from file_upload_service.domain.errors import CursorInvalid
from file_upload_service.domain.ids import AccountId

MAX_CURSOR_CHARACTERS = 200


def to_cursor(start: Key | None) -> str | None:
    if start is None:
        return None
    place = [start["created_at"], start["uploadid"]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def to_start(cursor: str | None, account_id: AccountId) -> Key | None:
    """A cursor holds no account: whoever brings it stays in their own list. Raises CursorInvalid."""
    if not cursor:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor[:MAX_CURSOR_CHARACTERS]))
        created_at, upload_id = place
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise CursorInvalid("This is no cursor of this list.") from None
    if type(created_at) is not int or not 0 <= created_at < 1 << 53 or type(upload_id) is not str:
        raise CursorInvalid("This is no cursor of this list.")
    if not 0 < len(upload_id) <= 64:
        raise CursorInvalid("This is no cursor of this list.")
    return {"owner": account_id, "created_at": created_at, "uploadid": upload_id, "userid": account_id}
