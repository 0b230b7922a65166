"""What every SessionCache promises, on the fake and on the real Redis; the layout is what the gateway reads."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from chassis.redis_line import open_redis
from tests.engines import PATIENCE_SECONDS
from tests.fakes.user_service import FakeClock, InMemorySessionCache
from user_service.adapters.redis.session_cache import RedisSessionCache
from user_service.domain.ids import AccountId, SessionId
from user_service.ports.session_cache import SessionCache

ACCOUNT = AccountId("aa" * 16)
HALF_A_MINUTE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Bench:
    """`read` gives what the gateway would find, and for how many seconds still."""

    cache: SessionCache
    read: Callable[[SessionId], Awaitable[tuple[str | None, float]]]


@pytest.fixture(params=["fake", "redis"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "fake":
        fake = InMemorySessionCache(FakeClock())

        async def read_fake(session_id: SessionId) -> tuple[str | None, float]:
            _, until = fake.values.get(session_id, ("", fake.clock.now()))
            return fake.value(session_id), (until - fake.clock.now()).total_seconds()

        yield Bench(fake, read_fake)
        return
    async with open_redis(request.getfixturevalue("redis_url"), answer_seconds=PATIENCE_SECONDS) as line:

        async def read_redis(session_id: SessionId) -> tuple[str | None, float]:
            key = f"session:{session_id}"
            value = await line.client.get(key)
            return None if value is None else str(value), await line.client.pttl(key) / 1000

        yield Bench(RedisSessionCache(line), read_redis)


@pytest.fixture
def session_id() -> SessionId:
    return SessionId(secrets.token_hex(16))


async def test_a_fill_says_whose_session_lives_and_for_how_long(bench: Bench, session_id: SessionId) -> None:
    await bench.cache.fill(session_id, ACCOUNT, HALF_A_MINUTE)
    value, seconds = await bench.read(session_id)
    assert value == f"live:{ACCOUNT}"
    assert seconds == pytest.approx(30, abs=1)


async def test_a_later_fill_prolongs_nothing(bench: Bench, session_id: SessionId) -> None:
    await bench.cache.fill(session_id, ACCOUNT, timedelta(seconds=10))
    await bench.cache.fill(session_id, ACCOUNT, HALF_A_MINUTE)
    assert (await bench.read(session_id))[1] == pytest.approx(10, abs=1)


async def test_a_tombstone_overwrites_and_outlives_an_access_token(
    bench: Bench, session_id: SessionId
) -> None:
    await bench.cache.fill(session_id, ACCOUNT, HALF_A_MINUTE)
    await bench.cache.bury(session_id)
    value, seconds = await bench.read(session_id)
    assert value == "ended"
    assert seconds == pytest.approx(660, abs=1)


async def test_a_fill_never_replaces_a_tombstone(bench: Bench, session_id: SessionId) -> None:
    await bench.cache.bury(session_id)
    await bench.cache.fill(session_id, ACCOUNT, HALF_A_MINUTE)
    assert (await bench.read(session_id))[0] == "ended"


async def test_a_session_without_life_left_is_not_filled(bench: Bench, session_id: SessionId) -> None:
    await bench.cache.fill(session_id, ACCOUNT, timedelta(microseconds=5))
    await bench.cache.fill(session_id, ACCOUNT, timedelta(seconds=-5))
    assert (await bench.read(session_id))[0] is None
