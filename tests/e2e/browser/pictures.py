"""What the screenshots show in their previews, made here: nothing of anybody's."""

import math
import struct
import zlib
from collections.abc import Callable
from functools import cache

WIDTH, HEIGHT = 960, 600
_HORIZON = 380
_SUN = (640, 330, 70)
_MASTS = ((180, 150), (225, 210), (420, 190), (760, 170))

CODE = b'''"""Where a ship may lie, and for how long."""

from dataclasses import dataclass

TIDE_HOURS = 12.42


@dataclass(frozen=True)
class Berth:
    """One place at the quay."""

    number: int
    depth_metres: float

    def takes(self, draught_metres: float, hour: float) -> bool:
        # At low water there is less below the keel.
        ebb = 1.8 * abs((hour % TIDE_HOURS) / TIDE_HOURS - 0.5)
        return self.depth_metres - ebb > draught_metres + 0.5


def first_free(berths: list[Berth], draught_metres: float, hour: float) -> Berth | None:
    for berth in sorted(berths, key=lambda it: it.depth_metres):
        if berth.takes(draught_metres, hour):
            return berth
    return None
'''
LECTURE = b"""# Lecture, first draft

The engine weaves **algebraical patterns** just as the loom weaves flowers and leaves.

## What it needs

1. a store, where numbers wait
2. a mill, where they meet
3. cards that say in which order

> It can do whatever we know how to order it to perform.

| part | cards |
|---|---|
| store | 1,000 |
| mill | 40 |
"""


def dusk() -> bytes:
    """A harbour at dusk, as PNG."""
    return _png(_painted())


def dawn() -> bytes:
    """The same in a colder light."""
    return _png(
        _lit(red=lambda _, __, blue: blue, green=lambda _, green, __: green, blue=lambda red, _, __: red)
    )


def night() -> bytes:
    """The same with hardly any."""

    def dim(red: int, green: int, blue: int) -> int:
        return (red + green + blue) // 9

    return _png(_lit(red=dim, green=dim, blue=lambda *light: min(255, dim(*light) + 34)))


@cache
def _painted() -> bytes:
    """Three bytes a point, line by line."""
    return b"".join(bytes(_colour(x, y)) for y in range(HEIGHT) for x in range(WIDTH))


def _lit(**channels: Callable[[int, int, int], int]) -> bytes:
    painted = _painted()
    points = list(zip(painted[::3], painted[1::3], painted[2::3], strict=True))
    lit = bytearray(len(painted))
    for at, channel in enumerate(("red", "green", "blue")):
        lit[at::3] = bytes(channels[channel](*point) for point in points)
    return bytes(lit)


def _png(points: bytes) -> bytes:
    line = 3 * WIDTH
    rows = b"".join(b"\0" + points[at : at + line] for at in range(0, len(points), line))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _colour(x: int, y: int) -> tuple[int, int, int]:
    if any(abs(x - mast) < 3 and _HORIZON - tall < y < _HORIZON + 8 for mast, tall in _MASTS):
        return (22, 30, 44)
    if _HORIZON < y < _HORIZON + 14 and any(abs(x - mast) < 62 - (y - _HORIZON) for mast, _ in _MASTS):
        return (22, 30, 44)
    if y > _HORIZON:
        return _water(x, y)
    sun_x, sun_y, radius = _SUN
    if math.hypot(x - sun_x, y - sun_y) < radius:
        return (255, 214, 140)
    return _sky(y)


def _sky(y: int) -> tuple[int, int, int]:
    part = y / _HORIZON
    return (int(42 + 200 * part**1.6), int(52 + 90 * part), int(94 + 10 * part))


def _water(x: int, y: int) -> tuple[int, int, int]:
    deep = (y - _HORIZON) / (HEIGHT - _HORIZON)
    glint = 60 if abs(x - _SUN[0]) < 40 + 90 * deep and (y // 5 + x // 90) % 3 == 0 else 0
    return (min(255, int(150 - 110 * deep) + glint), int(96 - 52 * deep) + glint // 2, int(98 - 26 * deep))
