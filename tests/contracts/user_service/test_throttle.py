"""What every Throttle promises, on this process's memory and on the real Redis."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from chassis.redis_line import open_redis
from tests.engines import PATIENCE_SECONDS
from tests.fakes.user_service import FakeClock
from user_service.adapters.memory.throttle import MemoryThrottle
from user_service.adapters.redis.throttle import RedisThrottle
from user_service.domain.attempts import Bucket, Limit
from user_service.ports.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Bench:
    """`clock` is None where only real time passes."""

    throttle: Throttle
    clock: FakeClock | None

    async def pass_time(self, seconds: float) -> None:
        if self.clock is None:
            await asyncio.sleep(seconds)
        else:
            self.clock.advance(seconds=seconds)


@pytest.fixture(params=["memory", "redis"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "memory":
        clock = FakeClock()
        yield Bench(MemoryThrottle(clock), clock)
        return
    async with open_redis(request.getfixturevalue("redis_url"), answer_seconds=PATIENCE_SECONDS) as line:
        yield Bench(RedisThrottle(line), None)


def bucket(burst: int = 3, refill_seconds: float = 600) -> Bucket:
    return Bucket(f"throttle:test:{secrets.token_hex(8)}", Limit(burst, refill_seconds))


async def test_an_untouched_bucket_is_full(bench: Bench) -> None:
    full = bucket(burst=3)
    assert [await bench.throttle.take([full]) for _ in range(3)] == [0, 0, 0]
    assert await bench.throttle.take([full]) > 0


async def test_an_empty_bucket_tells_how_long_to_wait(bench: Bench) -> None:
    one = bucket(burst=1, refill_seconds=100)
    await bench.throttle.take([one])
    assert await bench.throttle.take([one]) == pytest.approx(100, abs=1)


async def test_who_waits_as_long_as_told_gets_in_once(bench: Bench) -> None:
    quick = bucket(burst=2, refill_seconds=1)
    while (wait_seconds := await bench.throttle.take([quick])) == 0:
        pass
    await bench.pass_time(wait_seconds)
    assert await bench.throttle.take([quick]) == 0
    assert await bench.throttle.take([quick]) > 0


async def test_a_bucket_never_holds_more_than_its_burst(bench: Bench) -> None:
    quick = bucket(burst=2, refill_seconds=1)
    await bench.throttle.take([quick])
    await bench.pass_time(1.2)
    assert [await bench.throttle.take([quick]) == 0 for _ in range(3)] == [True, True, False]


async def test_all_or_none_are_taken(bench: Bench) -> None:
    empty, full = bucket(burst=1), bucket(burst=2)
    await bench.throttle.take([empty])
    for _ in range(5):
        assert await bench.throttle.take([full, empty]) > 0
    assert [await bench.throttle.take([full]) == 0 for _ in range(3)] == [True, True, False]


async def test_the_longest_wait_is_told(bench: Bench) -> None:
    slow, quick = bucket(burst=1, refill_seconds=100), bucket(burst=1, refill_seconds=10)
    await bench.throttle.take([quick, slow])
    assert await bench.throttle.take([quick, slow]) == pytest.approx(100, abs=1)


async def test_what_is_given_back_can_be_taken_again(bench: Bench) -> None:
    one = bucket(burst=1)
    await bench.throttle.take([one])
    await bench.throttle.give_back([one])
    assert await bench.throttle.take([one]) == 0


async def test_giving_back_never_fills_above_the_burst(bench: Bench) -> None:
    one = bucket(burst=1)
    for _ in range(5):
        await bench.throttle.give_back([one])
    assert [await bench.throttle.take([one]) == 0 for _ in range(2)] == [True, False]


async def test_of_many_at_once_no_more_get_in_than_the_burst(bench: Bench) -> None:
    five = bucket(burst=5)
    waits = await asyncio.gather(*(bench.throttle.take([five]) for _ in range(50)))
    assert waits.count(0) == 5
