"""Which token key signs when, and until when each is believed: told by the keys' ids alone, so that instances
that see the same files agree without talking.

A key id starts with the moment from which the key signs. It is published before, and believed until the last
token that it signed has ended.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from user_service.domain.tokens import ACCESS_TOKEN_LIFE

# How long a key is published before it signs: services fetch the keys every minute, and may miss some turns.
NOTICE = timedelta(minutes=10)
# Clocks differ, and an instance looks at the files every five seconds.
SLACK = timedelta(minutes=5)
_ID = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{8}")
_MOMENT = "%Y%m%dT%H%M%SZ"


def new_key_id(signs_from: datetime, suffix: str) -> str:
    """`suffix`: eight random hexadecimal digits."""
    return f"{signs_from:{_MOMENT}}-{suffix}"


def signs_from(key_id: str) -> datetime:
    """Raises ValueError for what is no key id."""
    found = _ID.fullmatch(key_id)
    if found is None:
        raise ValueError(f"{key_id} is no key id")
    return datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC)


def is_key_id(text: str) -> bool:
    """Whether it says when it signs; other files are no keys of ours."""
    try:
        signs_from(text)
    except ValueError:
        return False
    return True


def signing(key_ids: Sequence[str], now: datetime) -> str:
    """The youngest key whose time has come, else the first: better early than nobody. `key_ids`: by age."""
    return next((it for it in reversed(key_ids) if signs_from(it) <= now), key_ids[0])


def believed_until(key_ids: Sequence[str], key_id: str) -> datetime | None:
    """When the last token of this key has ended for sure; None while no later key is known."""
    follower = next((it for it in key_ids if it > key_id), None)
    return signs_from(follower) + ACCESS_TOKEN_LIFE + SLACK if follower else None


def is_believed(key_ids: Sequence[str], key_id: str, now: datetime) -> bool:
    """Whether a token of this key may still be good. True also before the key signs."""
    until = believed_until(key_ids, key_id)
    return until is None or now < until
