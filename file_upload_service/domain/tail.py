"""The bytes at a stream's end that fill no part yet, and how far a stream is.

They wait in storage as segments, objects of their own that are written once. Who appends joins the last segments with
what is new into one object under another key, so that the only good copy is never replaced: the old ones go only after
the new one is proven and written down. A segment stays within a cell of 8 MiB, so nobody has to hold more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from file_upload_service.domain.content import SHA256_BYTES
from file_upload_service.domain.errors import OffsetWrong, SegmentInvalid
from file_upload_service.domain.ids import UploadId
from file_upload_service.domain.layout import MIB, Plan
from file_upload_service.domain.part import Part

TAILS_PREFIX = "tails/"
CELL_BYTES = 8 * MIB
# Whoever joins what is less than twice as long as the rest never has more than 24.
MOST_SEGMENTS_A_CELL = 32


@dataclass(frozen=True, slots=True)
class Segment:
    """Some bytes of the stream, from `start` on; SHA-256 of 32 bytes.

    `seen`: where the stream ended for whoever made it. What another one appended meanwhile is not among these bytes.
    """

    start: int
    size_bytes: int
    sha256: bytes
    seen: int

    @property
    def end(self) -> int:
        return self.start + self.size_bytes

    @property
    def cell(self) -> int:
        return self.start // CELL_BYTES

    def key(self, upload_id: UploadId) -> str:
        """Where it stands in the bucket: another one for other bytes, and for who saw the stream end elsewhere, so that
        whoever came too late can be deleted without touching what somebody else relies on."""
        return f"{tail_prefix(upload_id)}{self.start:012x}-{self.seen:012x}-{self.sha256.hex()[:32]}"


@dataclass(frozen=True, slots=True)
class Tail:
    """Segments without a gap between them. `writes`: how often it was written; who writes must have seen the last."""

    segments: tuple[Segment, ...] = ()
    writes: int = 0

    @property
    def end(self) -> int:
        return self.segments[-1].end if self.segments else 0

    def behind(self, offset: int) -> Self:
        """Without what the parts hold by now, up to `offset`."""
        return replace(self, segments=tuple(each for each in self.segments if each.start >= offset))

    def with_segment(self, segment: Segment, offset: int) -> Self:
        """Longer by this one, which takes the place of those that it joins. `offset`: where the stream ends now.

        Raises OffsetWrong if its maker saw another end, if it does not begin where one of them does or where they end,
        or ends no later than they do; SegmentInvalid if its cell would have too many.
        """
        kept = tuple(each for each in self.segments if each.end <= segment.start)
        end_of_kept = kept[-1].end if kept else (self.segments[0].start if self.segments else offset)
        if segment.seen != offset or segment.start != end_of_kept or segment.end <= offset:
            raise OffsetWrong(f"The stream has {offset} bytes by now.")
        after = (*kept, segment)
        if sum(each.cell == segment.cell for each in after) > MOST_SEGMENTS_A_CELL:
            raise SegmentInvalid("Join it with those before it: there are too many.")
        return replace(self, segments=after, writes=self.writes + 1)


def tail_prefix(upload_id: UploadId) -> str:
    """All objects of an upload's tail have keys that begin so, and no others."""
    return f"{TAILS_PREFIX}{upload_id}/"


def upload_of_tail(key: str) -> UploadId | None:
    """Whose segment stands there; None if nobody's can."""
    parts = key.split("/")
    return UploadId(parts[1]) if len(parts) == 3 and key.startswith(TAILS_PREFIX) else None


def check_segment(segment: Segment) -> None:
    """Raises SegmentInvalid."""
    if min(segment.start, segment.seen) < 0 or segment.size_bytes <= 0 or len(segment.sha256) != SHA256_BYTES:
        raise SegmentInvalid("A segment has an offset, at least a byte, and a SHA-256 of 32 bytes.")
    if (segment.end - 1) // CELL_BYTES != segment.cell:
        raise SegmentInvalid("A segment stays within 8 MiB that begin at a multiple of 8 MiB.")


def arrived_bytes(plan: Plan, parts: Iterable[Part]) -> int:
    """Up to where all parts are reported, from the first on."""
    reported = {part.number for part in parts if part.etag is not None}
    number = 1
    while number in reported:
        number += 1
    last = number - 1
    return plan.start_of(last) + plan.length_of(last) if last else 0


def progress(plan: Plan, parts: Sequence[Part], tail: Tail) -> tuple[int, Tail]:
    """How far the stream is, and the part of its tail that no part holds yet."""
    base = arrived_bytes(plan, parts)
    rest = tail.behind(base)
    if not rest.segments or rest.segments[0].start != base:
        return base, replace(tail, segments=())
    return rest.end, rest
