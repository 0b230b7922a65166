"""Token buckets."""

from collections.abc import Sequence
from typing import Protocol

from user_service.domain.attempts import Bucket


class Throttle(Protocol):
    """Counts attempts. A bucket that nobody has touched is full.

    Both methods MUST raise `chassis.errors.Unavailable`, soon, if the buckets cannot be reached."""

    async def take(self, buckets: Sequence[Bucket]) -> float:
        """Takes one from each bucket, or from none. Gives 0, or the seconds until a new try is worthwhile."""
        ...

    async def give_back(self, buckets: Sequence[Bucket]) -> None:
        """Puts one back into each bucket, never above its burst."""
        ...
