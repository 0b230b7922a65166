"""Streams: uploads that grow at their end, as the relay sees them. Sizes and offsets in bytes."""

from dataclasses import dataclass, replace
from typing import Self

from api_gateway.domain.stream_layout import part_at, stream_part
from api_gateway.domain.uploads import Upload

# What is appended is kept in pieces within cells of this size: nobody has to hold more.
CELL_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a stream's tail; SHA-256 of 32 bytes. `seen`: where the stream ended for whoever made it."""

    start: int
    size: int
    sha256: bytes
    seen: int

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """How far a stream is: so many of its first bytes are safe."""

    offset: int


@dataclass(frozen=True, slots=True)
class ReadableSegment:
    """`url`: where it can be read, empty until the service is asked."""

    segment: Segment
    url: str


@dataclass(frozen=True, slots=True)
class StreamTail:
    """`offset`: so many bytes are safe. `segments`: what of them no part holds yet, without a gap."""

    upload: Upload
    offset: int
    segments: tuple[ReadableSegment, ...] = ()

    @property
    def base(self) -> int:
        """Where the part begins that nothing is complete of."""
        return self.segments[0].segment.start if self.segments else self.offset

    @property
    def part_number(self) -> int:
        return part_at(self.base)

    @property
    def part_end(self) -> int:
        start, length = stream_part(self.part_number)
        return start + length

    @property
    def fills_its_part(self) -> bool:
        return bool(self.segments) and self.offset == self.part_end

    @property
    def room(self) -> int:
        """How much may come before a cell is full."""
        return CELL_BYTES - self.offset % CELL_BYTES

    def grown_by(self, segment: Segment) -> Self:
        """Once the service has appended it."""
        kept = (each for each in self.segments if each.segment.end <= segment.start)
        return replace(self, offset=segment.end, segments=(*kept, ReadableSegment(segment, "")))

    def joined_by(self, size: int) -> tuple[ReadableSegment, ...]:
        """Which of its last pieces so many bytes more are put together with.

        Those that are less than twice as long, so that each byte is written again some twenty times at most, however
        little comes at a time, and no cell has more than two dozen pieces; all of a cell that is full with them, for a
        large part has 512 cells, and all that is known of its tail stands in one row.
        """
        cell_start = self.offset - self.offset % CELL_BYTES
        mine = [each for each in self.segments if each.segment.start >= cell_start]
        if self.offset + size == cell_start + CELL_BYTES:
            return tuple(mine)
        first = len(mine)
        while first and mine[first - 1].segment.size < 2 * size:
            first -= 1
            size += mine[first].segment.size
        return tuple(mine[first:])
