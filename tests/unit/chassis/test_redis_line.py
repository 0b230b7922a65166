import asyncio
from typing import cast

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError

from chassis.errors import Unavailable
from chassis.redis_line import RedisLine

NO_CLIENT = cast("Redis", object())


class Command:
    """Answers "pong" or fails; counts how often it was carried out."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.carried_out = 0

    async def __call__(self, client: Redis) -> str:
        self.carried_out += 1
        if self.error is not None:
            raise self.error
        return "pong"


async def test_an_answer_comes_through() -> None:
    assert await RedisLine(NO_CLIENT).ask("PING", Command()) == "pong"


@pytest.mark.parametrize("error", [RedisConnectionError(), ReadOnlyError(), TimeoutError(), OSError()])
async def test_whatever_redis_complains_of_counts_as_away(error: Exception) -> None:
    with pytest.raises(Unavailable):
        await RedisLine(NO_CLIENT).ask("PING", Command(error))


async def test_while_it_is_down_nobody_waits_for_it() -> None:
    line, command = RedisLine(NO_CLIENT, pause_seconds=3600), Command(RedisConnectionError())
    for _ in range(5):
        with pytest.raises(Unavailable):
            await line.ask("PING", command)
    assert command.carried_out == 1


async def test_after_the_pause_it_is_tried_again_and_may_be_back() -> None:
    line, command = RedisLine(NO_CLIENT, pause_seconds=0), Command(RedisConnectionError())
    with pytest.raises(Unavailable):
        await line.ask("PING", command)
    command.error = None
    assert await line.ask("PING", command) == "pong"


async def test_a_fault_of_ours_is_not_called_an_outage() -> None:
    with pytest.raises(TypeError):
        await RedisLine(NO_CLIENT).ask("PING", Command(TypeError()))


async def test_after_the_pause_one_looks_and_the_others_go_on_without_it() -> None:
    line, command = RedisLine(NO_CLIENT, pause_seconds=3600), Command(RedisConnectionError())
    with pytest.raises(Unavailable):
        await line.ask("PING", command)
    loop = asyncio.get_running_loop()
    looking = asyncio.Event()

    async def slow(_: Redis) -> str:
        looking.set()
        await asyncio.Event().wait()
        return "never"

    line._down_until = loop.time()  # the pause is over
    first = loop.create_task(line.ask("PING", slow))
    await looking.wait()
    with pytest.raises(Unavailable):
        await line.ask("PING", command)
    first.cancel()
    assert command.carried_out == 1
