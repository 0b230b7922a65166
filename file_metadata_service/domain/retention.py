"""Which past versions stay: all of the last hour, then one an hour for a day, then one a day until they are too old.

Of several that fall into one hour (or day) of the clock, the last one made stays: what the file was at its end. Ages
count from when a version was replaced, not from when it was made, so that what a file had been for years stays for
the whole time after somebody spoils it. The grains nest in one another: looking more often drops nothing else than
looking once. Where more remain than may, the grain grows for all of them at once, seconds to minutes to hours, until
they fit: a file that is saved every second loses its seconds, not its days. What is kept for ever is not counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from operator import mul

from file_metadata_service.domain.versions import PastVersion

SECOND_MS = 1_000
HOUR_MS = 3_600 * SECOND_MS
DAY_MS = 24 * HOUR_MS
# From a second to an hour to a day, each a multiple of the one before; then doubling.
_STEPS = (2, 2, 3, 5, 2, 2, 3, 5, 2, 2, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """At most so many past versions of a file, none of them replaced longer ago than so many days."""

    max_versions: int = 100
    days: int = 30

    def thin(self, past: Sequence[PastVersion], now_ms: int) -> frozenset[int]:
        """The numbers of those to drop. Every one must say when it was replaced. The last that was replaced stays
        unless it is too old.
        """
        free = _free(past)
        young = [it for it in free if now_ms - _replaced_at(it) < self.days * DAY_MS]
        for floor_ms in _floors():
            staying = _last_of_each(young, now_ms, floor_ms)
            if len(staying) <= self.max_versions:
                break
        return frozenset(it.number for it in free) - {it.number for it in staying}

    def dues(self, past: Sequence[PastVersion]) -> dict[int, int]:
        """Of each that stays: its number, and from when on it is to be dropped if the others stay as they are."""
        dues = dict[int, int]()
        newer: PastVersion | None = None
        for it in _free(past):
            life_ms = self.days * DAY_MS
            if newer is not None and _share(it, newer, HOUR_MS):
                life_ms = HOUR_MS
            elif newer is not None and _share(it, newer, DAY_MS):
                life_ms = min(DAY_MS, life_ms)
            dues[it.number] = _replaced_at(it) + life_ms
            newer = it
        return dues

    def first_due(self, replaced_at_ms: int, *, alone: bool) -> int:
        """When somebody must look at a file for the sake of a version that was just replaced: what it does to
        older ones is not known yet.
        """
        return replaced_at_ms + (self.days * DAY_MS if alone else HOUR_MS)


def _free(past: Sequence[PastVersion]) -> list[PastVersion]:
    """Those that may go, newest first."""
    return sorted((it for it in past if not it.version.kept), key=lambda it: -it.number)


def _floors() -> Iterator[int]:
    """Ever coarser: at last all versions of all times share one."""
    return chain((0,), accumulate(chain(_STEPS, repeat(2)), mul, initial=SECOND_MS))


def _last_of_each(newest_first: Sequence[PastVersion], now_ms: int, floor_ms: int) -> list[PastVersion]:
    staying = list[PastVersion]()
    for it in newest_first:
        grain_ms = max(floor_ms, _grain(now_ms - _replaced_at(it)))
        if not staying or not grain_ms or not _share(it, staying[-1], grain_ms):
            staying.append(it)
    return staying


def _grain(age_ms: int) -> int:
    if age_ms < HOUR_MS:
        return 0
    return HOUR_MS if age_ms < DAY_MS else DAY_MS


def _share(one: PastVersion, other: PastVersion, grain_ms: int) -> bool:
    return one.version.created_at_ms // grain_ms == other.version.created_at_ms // grain_ms


def _replaced_at(it: PastVersion) -> int:
    assert it.replaced_at_ms is not None, "dated() comes first"
    return it.replaced_at_ms
