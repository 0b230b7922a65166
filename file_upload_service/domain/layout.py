"""How a file is cut into parts. Public: every client computes the same.

Sizes in bytes. Limits are S3's: 5 GiB a part, and every part but the last at least 5 MiB
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
"""

from dataclasses import dataclass

from chassis.errors import InvalidArgument
from file_upload_service.domain.errors import FileTooLarge, PartNumberInvalid

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
    """A file of a known size in a layout: parts 1…part_count, each at (number - 1) × part_size_bytes."""

    layout: str
    size_bytes: int
    part_size_bytes: int
    part_count: int

    @property
    def is_multipart(self) -> bool:
        return self.part_count > 1

    def length_of(self, number: int) -> int:
        """Bytes of one part. Raises PartNumberInvalid outside 1…part_count."""
        if not 1 <= number <= self.part_count:
            raise PartNumberInvalid(f"Part {number} is not one of 1 to {self.part_count}.")
        if number < self.part_count:
            return self.part_size_bytes
        return self.size_bytes - (self.part_count - 1) * self.part_size_bytes


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
