"""How a file's bytes are divided into parts. Public, so every client computes it (design.md, "Uploading")."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stowage_client.errors import NotUnderstood, UsageError

MIB = 2**20
SMALLEST_PART_BYTES = 8 * MIB
LARGEST_PART_BYTES = 5 * 1024 * MIB
_MOST_PARTS = 1000
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = 23, 32  # 8 MiB and 4 GiB; above that parts of 5 GiB
# Of unknown length: (parts of this rung, bytes of each).
_STREAM_SCHEDULE = ((200, 8 * MIB), (200, 64 * MIB), (200, 512 * MIB), (400, 4096 * MIB))


@dataclass(frozen=True, slots=True)
class Span:
    """One part: its number from 1, where it begins and how long it is, in bytes."""

    number: int
    offset: int
    size_bytes: int


def spans(layout: str, size_bytes: int) -> Iterator[Span]:
    """The parts of a file of `size_bytes`, in order; an empty file has one, which is empty.

    Raises NotUnderstood for a layout that this version does not know.
    """
    offset = 0
    for number, part_bytes in enumerate(_part_sizes(layout), start=1):
        length = min(part_bytes, size_bytes - offset)
        yield Span(number, offset, length)
        offset += length
        if offset >= size_bytes:
            return
    raise NotUnderstood(f"A file of {size_bytes} bytes does not fit the layout {layout!r}.")


def stream_spans() -> Iterator[Span]:
    """All parts that a file of unknown length can have, each as long as it is unless it is the last."""
    offset = 0
    for number, part_bytes in enumerate(_part_sizes("s1"), start=1):
        yield Span(number, offset, part_bytes)
        offset += part_bytes


def layout_of(size_bytes: int) -> str:
    """How the server divides a file whose length is known when it comes.

    Raises UsageError for one that is larger than files can be.
    """
    for exponent in range(_SMALLEST_EXPONENT, _LARGEST_EXPONENT + 1):
        if size_bytes <= _MOST_PARTS * 2**exponent:
            return f"p{exponent}"
    if size_bytes <= _MOST_PARTS * LARGEST_PART_BYTES:
        return "p5g"
    raise UsageError(f"{size_bytes} bytes are more than a file can have.")


def content_hash(part_digests: Iterable[bytes]) -> str:
    """SHA-256 over the parts' SHA-256s, in hex: what S3 verifies and the server calls `content_hash`."""
    return hashlib.sha256(b"".join(part_digests)).hexdigest()


def _part_sizes(layout: str) -> Iterator[int]:
    if layout == "s1":
        for count, part_bytes in _STREAM_SCHEDULE:
            yield from (part_bytes for _ in range(count))
        return
    part_bytes = _even_part_bytes(layout)
    yield from (part_bytes for _ in range(_MOST_PARTS))


def _even_part_bytes(layout: str) -> int:
    if layout == "p5g":
        return LARGEST_PART_BYTES
    exponent = layout.removeprefix("p")
    if (
        layout.startswith("p")
        and exponent.isdecimal()
        and _SMALLEST_EXPONENT <= int(exponent) <= _LARGEST_EXPONENT
    ):
        return int(2 ** int(exponent))
    raise NotUnderstood(
        f"The server uses a layout that this version does not know: {layout!r}.",
        hint="Update the stowage command line.",
    )
