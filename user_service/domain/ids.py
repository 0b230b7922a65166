"""Identifiers: 32 lower-case hexadecimal digits."""

import re
from typing import NewType

AccountId = NewType("AccountId", str)
SessionId = NewType("SessionId", str)

_ID = re.compile(r"[0-9a-f]{32}")


def is_id(text: str) -> bool:
    """Whether the text could name anything at all; what cannot is not looked for."""
    return _ID.fullmatch(text) is not None
