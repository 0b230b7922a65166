"""Token buckets that all instances share.

A bucket is a hash: what was left in it, and when. It vanishes when it would be full, so an untouched one costs nothing.
The script runs alone in Redis, and by Redis's clock: instances whose clocks differ cannot disagree.
"""

from collections.abc import Sequence

from redis.asyncio import Redis

from chassis.redis_line import RedisLine
from user_service.domain.attempts import Bucket

# KEYS: buckets. ARGV[1]: what to take (-1 gives back); then burst and refill time in ms of each bucket.
# Answers the milliseconds until it is worth trying again, rounded up; 0 means taken.
_SCRIPT = """
local taken = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local levels, wait = {}, 0
for i, key in ipairs(KEYS) do
  local burst, refill = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local stored = redis.call('HMGET', key, 'level', 'at')
  local level = tonumber(stored[1]) or burst
  level = math.min(burst, level + math.max(0, now - (tonumber(stored[2]) or now)) * burst / refill)
  levels[i] = math.min(burst, level - taken)
  wait = math.max(wait, (taken - level) * refill / burst)
end
-- Within a millisecond is now: whoever waited as long as told must get in, whatever rounding makes of it.
if taken > 0 and wait > 1 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  local burst, refill = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  if levels[i] >= burst then
    redis.call('DEL', key)
  else
    redis.call('HSET', key, 'level', string.format('%.6f', levels[i]), 'at', string.format('%.0f', now))
    redis.call('PEXPIRE', key, math.ceil((burst - levels[i]) * refill / burst))
  end
end
return 0
"""


class RedisThrottle:
    """A Throttle in one round trip. Its keys lie anywhere: with Redis Cluster they would need one hash tag."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._script = line.client.register_script(_SCRIPT)

    async def take(self, buckets: Sequence[Bucket]) -> float:
        return await self._run(1, buckets) / 1000

    async def give_back(self, buckets: Sequence[Bucket]) -> None:
        await self._run(-1, buckets)

    async def _run(self, taken: int, buckets: Sequence[Bucket]) -> int:
        limits = [
            number
            for bucket in buckets
            for number in (bucket.limit.burst, round(bucket.limit.refill_seconds * 1000))
        ]

        async def run(client: Redis) -> int:
            answer = await self._script(
                keys=[bucket.key for bucket in buckets], args=[taken, *limits], client=client
            )
            return int(answer)

        return await self._line.ask("EVALSHA", run)
