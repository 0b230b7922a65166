"""How a file is cut into parts whose length nobody knows when it begins: layout `s1`. Public, like the others.

Numbers follow from the offset. Parts grow, so that a thousand of them hold 1.67 TiB and a short stream needs no more
than 8 MiB at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

LAYOUT = "s1"
_MIB = 1 << 20
# (how many parts, bytes of each)
SCHEDULE = ((200, 8 * _MIB), (200, 64 * _MIB), (200, 512 * _MIB), (400, 4096 * _MIB))
MAX_STREAM_PARTS = sum(count for count, _ in SCHEDULE)
MAX_STREAM_BYTES = sum(count * part_bytes for count, part_bytes in SCHEDULE)


@dataclass(frozen=True, slots=True)
class Rung:
    """Parts of one size: `first` is the number of its first, `offset` where that begins."""

    first: int
    count: int
    part_bytes: int
    offset: int


def _rungs() -> Iterator[Rung]:
    firsts = accumulate((count for count, _ in SCHEDULE), initial=1)
    offsets = accumulate((count * part_bytes for count, part_bytes in SCHEDULE), initial=0)
    for (count, part_bytes), first, offset in zip(SCHEDULE, firsts, offsets, strict=False):
        yield Rung(first, count, part_bytes, offset)


RUNGS = tuple(_rungs())


def start_of(number: int) -> int:
    """The offset at which a part of 1 to 1,000 begins."""
    rung = _rung_of(number)
    return rung.offset + (number - rung.first) * rung.part_bytes


def full_length_of(number: int) -> int:
    """Bytes of a part of 1 to 1,000, unless it is the last and shorter."""
    return _rung_of(number).part_bytes


def number_at(offset: int) -> int:
    """The part that holds the byte at this offset, which must be below the largest length."""
    rung = next(rung for rung in reversed(RUNGS) if rung.offset <= offset)
    return rung.first + (offset - rung.offset) // rung.part_bytes


def _rung_of(number: int) -> Rung:
    return next(rung for rung in reversed(RUNGS) if rung.first <= number)
