"""How files are cut whose length nobody knew at their start, layout `s1`: (how many parts, bytes of each)."""

LAYOUT = "s1"
_MIB = 2**20
MAX_STREAM_BYTES = 200 * (8 + 64 + 512 + 2 * 4096) * _MIB
_SCHEDULE = ((200, 8 * _MIB), (200, 64 * _MIB), (200, 512 * _MIB), (400, 4096 * _MIB))


def stream_part(number: int) -> tuple[int, int]:
    """Where the part of this number begins, and its length unless it is the last; (0, 0) for what is none."""
    offset, left = 0, number - 1
    for count, part_bytes in _SCHEDULE:
        if 0 <= left < count:
            return offset + left * part_bytes, part_bytes
        offset, left = offset + count * part_bytes, left - count
    return 0, 0


def part_at(offset: int) -> int:
    """The part that holds the byte at this offset; 1001 behind the last that there can be."""
    start, number = 0, 1
    for count, part_bytes in _SCHEDULE:
        if offset < start + count * part_bytes:
            return number + (offset - start) // part_bytes
        start, number = start + count * part_bytes, number + count
    return number
