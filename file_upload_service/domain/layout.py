"""How a file is cut into parts. Public: every client computes the same.

Sizes in bytes. Limits are S3's: 5 GiB a part, and every part but the last at least 5 MiB
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
"""

from dataclasses import dataclass, replace

from chassis.errors import InvalidArgument
from file_upload_service.domain import stream
from file_upload_service.domain.errors import FileTooLarge, LengthDecided, PartNumberInvalid

MIB = 1 << 20
GIB = 1 << 30
MAX_PARTS = 1_000
SMALLEST_PART_BYTES = 8 * MIB
LARGEST_PART_BYTES = 5 * GIB
MAX_FILE_BYTES = MAX_PARTS * LARGEST_PART_BYTES  # 4.88 TiB

_DOUBLINGS = tuple(SMALLEST_PART_BYTES << k for k in range(10))  # 8 MiB … 4 GiB
LADDER: tuple[tuple[str, int], ...] = (
    *((f"p{size.bit_length() - 1}", size) for size in _DOUBLINGS),
    ("p5g", LARGEST_PART_BYTES),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A file in a layout, in parts 1…part_count.

    `is_open`: a stream whose length is not known yet. Then `size_bytes` is 0, and the parts are all there can be.
    `part_size_bytes` is every part's but the last, of a stream the smallest there is.
    """

    layout: str
    size_bytes: int
    part_size_bytes: int
    part_count: int
    is_open: bool = False

    @property
    def is_stream(self) -> bool:
        return self.layout == stream.LAYOUT

    @property
    def is_multipart(self) -> bool:
        """A stream always: nobody knows at its beginning that it will not be longer."""
        return self.part_count > 1 or self.is_stream

    def start_of(self, number: int) -> int:
        """Where a part begins. Raises PartNumberInvalid outside 1…part_count."""
        if not 1 <= number <= self.part_count:
            raise PartNumberInvalid(f"Part {number} is not one of 1 to {self.part_count}.")
        return stream.start_of(number) if self.is_stream else (number - 1) * self.part_size_bytes

    def length_of(self, number: int) -> int:
        """Bytes of one part. Raises PartNumberInvalid outside 1…part_count."""
        start = self.start_of(number)
        full = stream.full_length_of(number) if self.is_stream else self.part_size_bytes
        return full if self.is_open else min(full, self.size_bytes - start)

    def closed(self, size_bytes: int) -> "Plan":
        """Now that the length is known. Raises LengthDecided if another one was, FileTooLarge, InvalidArgument."""
        if self.is_open:
            return closed_stream(size_bytes)
        if size_bytes != self.size_bytes:
            raise LengthDecided(f"It was said before that the file has {self.size_bytes} bytes.")
        return self


def plan_for(size_bytes: int) -> Plan:
    """The smallest rung of the ladder that needs at most 1,000 parts; an empty file has one empty part.

    Raises InvalidArgument below zero, FileTooLarge above 4.88 TiB.
    """
    if size_bytes < 0:
        raise InvalidArgument("A size is not negative.")
    for layout, part_size_bytes in LADDER:
        part_count = max(1, -(-size_bytes // part_size_bytes))
        if part_count <= MAX_PARTS:
            return Plan(layout, size_bytes, part_size_bytes, part_count)
    raise FileTooLarge(f"Files can have up to {MAX_FILE_BYTES} bytes.")


OPEN_STREAM = Plan(stream.LAYOUT, 0, SMALLEST_PART_BYTES, stream.MAX_STREAM_PARTS, is_open=True)


def closed_stream(size_bytes: int) -> Plan:
    """A stream that turned out to be so long. Raises InvalidArgument below zero, FileTooLarge above 1.67 TiB."""
    if size_bytes < 0:
        raise InvalidArgument("A size is not negative.")
    if size_bytes > stream.MAX_STREAM_BYTES:
        raise FileTooLarge(
            f"A file whose length was not known at its start can have up to {stream.MAX_STREAM_BYTES} bytes."
        )
    count = stream.number_at(size_bytes - 1) if size_bytes else 1
    return replace(OPEN_STREAM, size_bytes=size_bytes, part_count=count, is_open=False)
