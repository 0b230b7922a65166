"""The line to Redis: quick to give up, and silent for a moment once it is down.

Redis is only a cache here. While it is away nobody must wait for it, so after a failure further calls are refused
at once until a pause has passed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from chassis.engine_calls import engine_calls
from chassis.errors import Unavailable
from chassis.telemetry import get_logger

AnswerT = TypeVar("AnswerT")

# Long enough for a busy machine, short enough for somebody who waits.
ANSWER_SECONDS = 0.5
PAUSE_SECONDS = 1.0
# A burst shares these, instead of opening a connection for each call.
CONNECTIONS = 32
_logger = get_logger(__name__)


class RedisLine:
    """One client; every command goes through `ask`."""

    def __init__(
        self, client: Redis, *, pause_seconds: float = PAUSE_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self.client = client
        self._pause_seconds = pause_seconds
        self._answer_seconds = answer_seconds
        self._down_until: float | None = None

    async def ask(self, operation: str, command: Callable[[Redis], Awaitable[AnswerT]]) -> AnswerT:
        """Carries out one command. Raises Unavailable, at once or within a second.

        `operation`: the command's name in the metrics.
        Whatever Redis complains of counts as away (loading, read-only, out of memory): the callers do without it.
        """
        now = asyncio.get_running_loop().time()
        if self._down_until is not None:
            if now < self._down_until:
                raise Unavailable("Redis is away.")
            # One looks whether it is back, the others go on without it.
            self._down_until = now + self._pause_seconds
        try:
            with engine_calls("redis").measured(operation):
                async with asyncio.timeout(2 * self._answer_seconds):
                    answer = await command(self.client)
        except (RedisError, OSError, TimeoutError) as error:
            if self._down_until is None:
                _logger.warning("redis_away", error=repr(error))
            self._down_until = asyncio.get_running_loop().time() + self._pause_seconds
            raise Unavailable("Redis is away.") from error
        if self._down_until is not None:
            _logger.info("redis_back")
            self._down_until = None
        return answer


@asynccontextmanager
async def open_redis(
    url: str, *, answer_seconds: float = ANSWER_SECONDS, as_text: bool = True
) -> AsyncIterator[RedisLine]:
    """Opens nothing yet: the first command does. Raises ValueError for an address that is none.

    `as_text` False: answers are bytes.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=answer_seconds,
        decode_responses=as_text,
        socket_timeout=answer_seconds,
        socket_connect_timeout=answer_seconds,
        retry=Retry(NoBackoff(), 0),
    )
    client = Redis.from_pool(pool)  # closes the pool with it
    try:
        yield RedisLine(client, answer_seconds=answer_seconds)
    finally:
        await client.aclose()
