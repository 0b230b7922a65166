"""Which bytes of a file a Range header asks for (RFC 9110, section 14)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from api_gateway.domain.errors import RangeNotSatisfiable

# Each is a request to storage. Whoever needs more has the URL, which takes as many requests as he likes.
MAX_RANGES = 16
_RANGE = re.compile(r"([0-9]*)-([0-9]*)")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Both ends belong to it."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def header(self) -> str:
        """As in Range."""
        return f"bytes={self.first}-{self.last}"

    def touches(self, other: Self) -> bool:
        return self.first <= other.last + 1 and other.first <= self.last + 1

    def joined(self, other: Self) -> Self:
        return type(self)(min(self.first, other.first), max(self.last, other.last))


def wanted_ranges(header: str, size: int) -> tuple[ByteRange, ...]:
    """In the order asked for, those that touch as one, so that no byte is sent twice; none: the whole is to be sent.

    That is so for another unit, for what is malformed, and for an empty file, of which there are no ranges.
    Raises RangeNotSatisfiable if all begin behind the end, or if there are too many.
    """
    unit, _, text = header.partition("=")
    # A list may have empty elements (RFC 9110, 5.6.1).
    matches = [_RANGE.fullmatch(each) for part in text.split(",") if (each := part.strip(" \t"))]
    pairs = [match.groups() for match in matches if match is not None]
    malformed = len(pairs) < len(matches) or any(_malformed(first, last) for first, last in pairs)
    if unit.strip(" \t").lower() != "bytes" or malformed or not pairs or size == 0:
        return ()
    if len(pairs) > MAX_RANGES:
        raise RangeNotSatisfiable(f"At most {MAX_RANGES} ranges at once.", size_bytes=size)
    inside = (_within(first, last, size) for first, last in pairs)
    found = _coalesced(each for each in inside if each is not None)
    if not found:
        raise RangeNotSatisfiable("The range begins behind the file's end.", size_bytes=size)
    return found


def _malformed(first: str, last: str) -> bool:
    return not (first or last) or bool(first and last and int(first) > int(last))


def _within(first: str, last: str, size: int) -> ByteRange | None:
    """Cut off at the end; None if nothing is left of it. Without `first`, `last` counts from the end."""
    start = int(first) if first else max(0, size - int(last))
    end = min(size - 1, int(last)) if first and last else size - 1
    return ByteRange(start, end) if start <= end else None


def _coalesced(ranges: Iterable[ByteRange]) -> tuple[ByteRange, ...]:
    kept: list[ByteRange] = []
    for each in ranges:
        joined = each
        apart = []
        for other in kept:
            if other.touches(joined):
                joined = other.joined(joined)
            else:
                apart.append(other)
        kept = [*apart, joined]
    return tuple(kept)
