"""What nodes may be called, when two names are the same name, and how names sort.

Names keep their spelling; two that differ only by case or Unicode form cannot stand side by side, because
Windows and macOS could not hold both.
"""

import re
from enum import StrEnum
from functools import lru_cache
from unicodedata import category, combining, normalize

from file_metadata_service.domain.errors import NameInvalid

NAME_MAX_BYTES = 255
COLLATION_MAX_BYTES = 200
# An "extension" longer than this is just a name with a dot in it.
SUFFIX_MAX_BYTES = 32
# Names cannot hold it, and it sorts before everything that they can.
JOINT = "\u0001"

_DIGITS = re.compile("[0-9]+")


class NodeKind(StrEnum):
    """The values sort: folders come first."""

    FOLDER = "d"
    FILE = "f"


def check_name(name: str) -> str:
    """The name itself, if a node may have it. Raises NameInvalid."""
    try:
        size_bytes = len(name.encode())
    except UnicodeEncodeError as error:
        raise NameInvalid("A name must be valid Unicode.") from error
    if not 0 < size_bytes <= NAME_MAX_BYTES:
        raise NameInvalid("A name has 1 to 255 bytes of UTF-8.")
    if name in (".", ".."):
        raise NameInvalid("A name cannot be . or ..")
    if "/" in name or any(category(character) == "Cc" for character in name):
        raise NameInvalid("A name holds neither / nor control characters.")
    return name


def name_key(name: str) -> str:
    """Equal for two names that are the same name to people and their file systems."""
    if name.isascii():
        return name.lower()
    return normalize("NFC", normalize("NFD", name).casefold())


def collation(key: str) -> str:
    """How a name sorts, made from its name_key: marks stripped, numbers by value, at most 200 bytes of
    UTF-8.
    """
    if not key.isascii():
        key = "".join(character for character in normalize("NFD", key) if not combining(character))
    sortable = _DIGITS.sub(_number, key)
    encoded = sortable.encode()
    if len(encoded) <= COLLATION_MAX_BYTES:
        return sortable
    return encoded[:COLLATION_MAX_BYTES].decode(errors="ignore")


def entry_key(kind: NodeKind, name: str) -> str:
    """The place of a name in its folder. A change of case alone keeps it."""
    return kind + _place(name)


# A command looks for its names several times over; they are short, and few at once.
@lru_cache(maxsize=4_096)
def _place(name: str) -> str:
    key = name_key(name)
    return JOINT.join(("", collation(key), key))


def numbered(name: str, number: int, kind: NodeKind) -> str:
    """`name (2).ext`, cut to what a name may hold; folders have no extension."""
    stem, suffix = _split(name) if kind is NodeKind.FILE else (name, "")
    ending = f" ({number}){suffix}"
    room = NAME_MAX_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not stem or not suffix or len(suffix.encode()) > SUFFIX_MAX_BYTES:
        return name, ""
    return stem, dot + suffix


def _number(match: re.Match[str]) -> str:
    digits = match.group().lstrip("0")
    return f"{len(digits):03}{digits}"
