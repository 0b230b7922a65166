"""Wake-ups on Redis: a channel per drive, as docs/wake-ups-in-redis.md says."""

import asyncio
from contextvars import Context
from functools import partial

from redis.asyncio import Redis

from chassis.errors import Unavailable
from chassis.redis_line import RedisLine
from file_metadata_service.domain.ids import DriveId, Position

# While Redis is slow, wake-ups of more drives than this are dropped: their listeners find the changes by asking.
_MOST_WAITING = 1_000
_CHANNEL = "changes:"


class RedisWakeUps:
    """Implements ports.wake_ups.WakeUps. One round trip at a time carries what has gathered meanwhile."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._waiting: dict[DriveId, Position] = {}
        self._task: asyncio.Task[None] | None = None

    def landed(self, position: Position) -> None:
        if position.drive_id not in self._waiting and len(self._waiting) >= _MOST_WAITING:
            return
        self._waiting[position.drive_id] = position
        if self._task is None or self._task.done():
            # A context of its own: it belongs to no single request.
            self._task = asyncio.get_running_loop().create_task(self._publish(), context=Context())

    async def finish(self) -> None:
        """Waits until what is known is said; a second at most, or as long as Redis may take."""
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def _publish(self) -> None:
        while self._waiting:
            positions, self._waiting = self._waiting, {}
            try:
                await self._line.ask("PUBLISH", partial(_say, positions))
            except Unavailable:
                continue  # the line has said so


async def _say(positions: dict[DriveId, Position], redis: Redis) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        for drive_id, position in positions.items():
            pipe.publish(f"{_CHANNEL}{drive_id}", f"{position.journal_id}.{position.seq}")
        await pipe.execute()
