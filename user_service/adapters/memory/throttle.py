"""Token buckets of this instance alone, for when the shared ones cannot be reached."""

from collections import OrderedDict
from collections.abc import Sequence

from user_service.domain.attempts import Bucket
from user_service.ports.clock import Clock

# About 20 MB. Beyond it the bucket that was touched longest ago counts as full again.
MAX_BUCKETS = 100_000
# Who comes back after exactly the seconds that he was told must get in, whatever floating point makes of it.
_ROUNDING_SECONDS = 0.001


class MemoryThrottle:
    """A Throttle in this process. With n instances somebody gets up to n times the limit from it."""

    def __init__(self, clock: Clock, *, max_buckets: int = MAX_BUCKETS) -> None:
        self._clock = clock
        self._max_buckets = max_buckets
        # What is left in a bucket, and the Unix seconds at which that was so; longest untouched first.
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, buckets: Sequence[Bucket]) -> float:
        now = self._clock.now().timestamp()
        levels = [self._level(bucket, now) for bucket in buckets]
        missing = zip(buckets, levels, strict=True)
        wait_seconds = max((1 - level) / bucket.limit.per_second for bucket, level in missing)
        if wait_seconds > _ROUNDING_SECONDS:
            return wait_seconds
        for bucket, level in zip(buckets, levels, strict=True):
            self._set(bucket, level - 1, now)
        return 0.0

    async def give_back(self, buckets: Sequence[Bucket]) -> None:
        now = self._clock.now().timestamp()
        for bucket in buckets:
            self._set(bucket, min(bucket.limit.burst, self._level(bucket, now) + 1), now)

    def _level(self, bucket: Bucket, now: float) -> float:
        level, at = self._levels.get(bucket.key, (float(bucket.limit.burst), now))
        # A clock that was set back refills nothing and takes nothing.
        return min(bucket.limit.burst, level + max(0.0, now - at) * bucket.limit.per_second)

    def _set(self, bucket: Bucket, level: float, now: float) -> None:
        self._levels[bucket.key] = (level, now)
        self._levels.move_to_end(bucket.key)
        if len(self._levels) > self._max_buckets:
            self._levels.popitem(last=False)
