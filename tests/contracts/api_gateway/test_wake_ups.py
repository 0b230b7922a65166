"""What ports/wake_ups.py promises, on Redis: also when its connection is cut under it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from api_gateway.adapters.redis.session_cache import connect
from api_gateway.adapters.redis.wake_ups import RedisWakeUps


@dataclass
class Watching:
    """`woken`: what each watched drive was woken with."""

    wake_ups: RedisWakeUps
    redis: Redis
    drive: str = field(default_factory=lambda: secrets.token_hex(16))
    woken: list[str] = field(default_factory=list)

    async def say(self, place: str) -> None:
        await self.redis.publish(f"changes:{self.drive}", place)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110  # nobody tells us
                await asyncio.sleep(0.01)

    async def until_heard(self) -> None:
        await self.until(lambda: self.wake_ups.are_heard(self.drive))


@pytest.fixture
async def watching(redis_url: str) -> AsyncIterator[Watching]:
    redis = connect(redis_url)
    wake_ups = RedisWakeUps(redis)
    keeping = asyncio.create_task(wake_ups.keep())
    yield Watching(wake_ups, redis)
    keeping.cancel()
    await asyncio.wait((keeping,))
    await redis.aclose()


async def test_who_watches_is_woken_when_it_begins_and_after_each_change(watching: Watching) -> None:
    watching.wake_ups.watch(watching.drive, watching.woken.append)
    await watching.until_heard()
    await watching.say("j1.7")
    await watching.until(lambda: watching.woken == ["", "j1.7"])


async def test_other_drives_wake_nobody(watching: Watching) -> None:
    others = list[str]()
    watching.wake_ups.watch(watching.drive, watching.woken.append)
    watching.wake_ups.watch("other", others.append)
    await watching.until(lambda: others == [""])
    await watching.until_heard()
    await watching.say("j1.7")
    await watching.until(lambda: "j1.7" in watching.woken)
    assert others == [""]


async def test_after_a_cut_it_says_so_listens_again_and_says_so_again(watching: Watching) -> None:
    watching.wake_ups.watch(watching.drive, watching.woken.append)
    await watching.until_heard()
    await watching.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    await watching.until(lambda: watching.woken.count("") >= 3)  # at first, deaf, and again
    await watching.until_heard()
    await watching.say("j1.8")
    await watching.until(lambda: watching.woken[-1] == "j1.8")


async def test_who_watches_no_more_is_left_alone(watching: Watching) -> None:
    watching.wake_ups.watch(watching.drive, watching.woken.append)
    await watching.until_heard()
    watching.wake_ups.unwatch(watching.drive)
    assert not watching.wake_ups.are_heard(watching.drive)
    await watching.say("j1.9")
    other = list[str]()
    watching.wake_ups.watch("other", other.append)
    await watching.until(lambda: other == [""])
    assert "j1.9" not in watching.woken


async def test_without_redis_nobody_is_heard_and_nothing_is_raised() -> None:
    redis = connect("redis://127.0.0.1:9/0")
    wake_ups, woken = RedisWakeUps(redis), list[str]()
    wake_ups.watch("a", woken.append)
    keeping = asyncio.create_task(wake_ups.keep())
    async with asyncio.timeout(20):
        while not woken:  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0.01)
    assert not wake_ups.are_heard("a")
    assert not keeping.done()
    keeping.cancel()
    await asyncio.wait((keeping,))
    await redis.aclose()
