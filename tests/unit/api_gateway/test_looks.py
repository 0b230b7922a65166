"""Looks into Redis, a turn of the loop at a time."""

import asyncio

import pytest
from redis.exceptions import RedisError

from api_gateway.adapters.redis.looks import Looks


class CountingRedis:
    """As much of the client as is used here."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[list[str]] = []
        self.begun = asyncio.Event()
        self._fails = fails

    async def mget(self, keys: list[str]) -> list[bytes]:
        self.asked.append(keys)
        self.begun.set()
        await asyncio.sleep(0)
        if self._fails:
            raise RedisError("gone")
        return [key.encode() for key in keys]


def looks(redis: CountingRedis) -> Looks:
    return Looks(redis)  # type: ignore[arg-type]  # as much of it as is used


async def test_what_begins_together_is_asked_at_once_and_each_key_only_once() -> None:
    redis = CountingRedis()
    all_of_them = looks(redis)
    assert await asyncio.gather(*(all_of_them.at(key) for key in "abca")) == [b"a", b"b", b"c", b"a"]
    assert redis.asked == [["a", "b", "c"]]


async def test_what_begins_later_is_asked_anew() -> None:
    redis = CountingRedis()
    all_of_them = looks(redis)
    first = asyncio.ensure_future(all_of_them.at("a"))
    await redis.begun.wait()
    assert await asyncio.gather(all_of_them.at("a"), first) == [b"a", b"a"]
    assert redis.asked == [["a"], ["a"]]


async def test_who_gives_up_leaves_the_others_their_answer() -> None:
    all_of_them = looks(CountingRedis())
    impatient, patient = (asyncio.ensure_future(all_of_them.at("a")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == b"a"


async def test_a_failure_is_everybodys() -> None:
    all_of_them = looks(CountingRedis(fails=True))
    answers = await asyncio.gather(*(all_of_them.at(key) for key in "ab"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [RedisError, RedisError]


async def test_a_failure_that_nobody_waits_for_is_no_noise(recwarn: pytest.WarningsRecorder) -> None:
    all_of_them = looks(redis := CountingRedis(fails=True))
    alone = asyncio.ensure_future(all_of_them.at("a"))
    await redis.begun.wait()
    alone.cancel()
    assert (await asyncio.gather(alone, return_exceptions=True))[0] is not None
    await asyncio.sleep(0)
    assert not list(recwarn)
