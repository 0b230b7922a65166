"""Which of two is slower, on a machine that has other things to do.

Such a machine slows both alike, by much more than there is between them, so nothing is said about seconds. The two are
timed in turns, and it is counted how often one is slower than the other (the test of Mann and Whitney): among equals in
half of all comparisons, whatever the machine does.
"""

from collections.abc import Sequence
from itertools import product
from math import sqrt

# Among equals the share strays further once in 150,000 runs.
_DEVIATIONS = 4.5


def share_of_slower(one: Sequence[float], other: Sequence[float]) -> float:
    """In how many of all comparisons `one` took longer than `other`."""
    return sum(a > b for a, b in product(one, other)) / (len(one) * len(other))


def tolerance(timed_each: int) -> float:
    """How far from a half the share may be, if the two are equal: 0.13 for 200 of each.

    One read of a database more was slower in 66 of 100 comparisons while 13 processes fought for two cores.
    """
    return _DEVIATIONS * sqrt((2 * timed_each + 1) / 12) / timed_each
