"""Redis away: the gateway goes on without, at once, and takes it up again."""

import time
from pathlib import Path

from api_gateway.adapters.redis.session_cache import RedisSessionCache, connect
from api_gateway.domain.identity import Caller
from tests.engines import redis_address, start_redis

CALLER = Caller("a" * 32, "5" * 32)


async def test_a_cache_that_died_knows_nothing_and_costs_nothing_until_it_is_back(tmp_path: Path) -> None:
    now = 100.0
    with start_redis(tmp_path) as process:
        redis = connect(redis_address(process))
        cache = RedisSessionCache(redis, pause_seconds=1.0, clock=lambda: now)
        await redis.set(f"session:{CALLER.session_id}", f"live:{CALLER.account_id}")
        assert await cache.standing(CALLER) == "live"

        process.kill()
        started = time.perf_counter()
        assert await cache.standing(CALLER) == "unknown"
        assert time.perf_counter() - started < 1.0

        process.start()
        assert await cache.standing(CALLER) == "unknown"  # still in its pause: not asked
        now += 1.1
        await redis.set(f"session:{CALLER.session_id}", "ended")
        assert await cache.standing(CALLER) == "ended"
        await redis.aclose()


async def test_a_cache_that_was_never_there_is_no_error() -> None:
    redis = connect("redis://127.0.0.1:1/0")
    assert await RedisSessionCache(redis).standing(CALLER) == "unknown"
    await redis.aclose()
