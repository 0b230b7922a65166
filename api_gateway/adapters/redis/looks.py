"""Looks into Redis that begin in one turn of the event loop go out as one: a burst costs one round trip, not many."""

import asyncio
from collections.abc import Callable

from redis.asyncio import Redis

from chassis.engine_calls import engine_calls

Note = bytes | str | None


class Looks:
    """Reads keys. What is read was there after it was asked for."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._asked: dict[str, asyncio.Future[Note]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def at(self, key: str) -> Note:
        """Raises what the client raises."""
        answer = self._asked.get(key)
        if answer is None:
            loop = asyncio.get_running_loop()
            if not self._asked:
                loop.call_soon(self._send, loop.create_task)
            answer = self._asked[key] = loop.create_future()
        # Who gives up leaves the others their answer.
        return await asyncio.shield(answer)

    def _send(self, begin: Callable[..., asyncio.Task[None]]) -> None:
        asked, self._asked = self._asked, {}
        task = begin(self._read(asked))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _read(self, asked: dict[str, asyncio.Future[Note]]) -> None:
        try:
            with engine_calls("redis").measured("MGET"):
                notes = await self._redis.mget(list(asked))
        except Exception as error:  # noqa: BLE001  # each of those who wait is told
            for answer in asked.values():
                answer.set_exception(error)
                answer.exception()  # nobody may be left to hear it
        else:
            for answer, note in zip(asked.values(), notes, strict=True):
                answer.set_result(note)
