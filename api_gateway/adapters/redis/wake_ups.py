"""Wake-ups from Redis: a channel per drive that somebody follows here (docs/wake-ups-in-redis.md)."""

import asyncio
import time
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from api_gateway.ports.wake_ups import Wake
from chassis.telemetry import get_logger

_CHANNEL = "changes:"
# Nobody publishes here: it keeps the connection subscribed while nobody follows anything.
_NOBODY = f"{_CHANNEL}-"
_AGAIN_SECONDS = 1.0
# A connection that is silent for so long is asked whether it is there; after twice as long it is given up.
_SILENCE_SECONDS = 3.0
_TROUBLE = (RedisError, OSError, TimeoutError)
_logger = get_logger(__name__)


class RedisWakeUps:
    """Implements ports.wake_ups.WakeUps while `keep` runs. One connection for all drives."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._wakes: dict[str, Wake] = {}
        self._heard: set[str] = set()
        self._changed = asyncio.Event()

    def watch(self, drive_id: str, wake: Wake) -> None:
        self._wakes[drive_id] = wake
        self._changed.set()

    def unwatch(self, drive_id: str) -> None:
        self._wakes.pop(drive_id, None)
        self._heard.discard(drive_id)
        self._changed.set()

    def are_heard(self, drive_id: str) -> bool:
        return drive_id in self._heard

    async def keep(self) -> None:
        """Listens, again and again, until it is cancelled."""
        was_away = False
        while True:
            try:
                async with self._redis.pubsub() as line:
                    await line.subscribe(_NOBODY)
                    was_away = False
                    async with asyncio.TaskGroup() as both:
                        both.create_task(self._subscribe(line))
                        both.create_task(self._listen(line))
            except* _TROUBLE as trouble:
                if not was_away:
                    _logger.warning("wake_ups_away", error=type(trouble.exceptions[0]).__name__)
                was_away = True
            self._fall_deaf()
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _subscribe(self, line: PubSub) -> None:
        subscribed = set[str]()
        while True:
            self._changed.clear()
            wanted = set(self._wakes)
            if come := wanted - subscribed:
                await line.subscribe(*map(_channel, come))
            if gone := subscribed - wanted:
                await line.unsubscribe(*map(_channel, gone))
            subscribed = wanted
            await self._changed.wait()

    async def _listen(self, line: PubSub) -> None:
        last = time.monotonic()
        while True:
            message = await line.get_message(timeout=_SILENCE_SECONDS)
            if message is not None:
                last = time.monotonic()
                self._take(message)
            elif time.monotonic() - last > 2 * _SILENCE_SECONDS:
                raise TimeoutError
            else:
                await line.ping()

    def _take(self, message: dict[str, Any]) -> None:
        drive_id = (message["channel"] or b"").decode().removeprefix(_CHANNEL)
        wake = self._wakes.get(drive_id)
        if wake is None:
            return
        if message["type"] == "subscribe":
            self._heard.add(drive_id)
            wake("")
        elif message["type"] == "message":
            wake(message["data"].decode("ascii", "replace"))

    def _fall_deaf(self) -> None:
        """Who counted on being woken looks now, and then more often."""
        self._heard.clear()
        for wake in list(self._wakes.values()):
            wake("")


def _channel(drive_id: str) -> str:
    return f"{_CHANNEL}{drive_id}"
