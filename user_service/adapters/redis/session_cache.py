"""The sessions' copy in Redis, laid out as docs/sessions-in-redis.md says."""

import asyncio
from datetime import timedelta

from redis.asyncio import Redis

from chassis.errors import Unavailable
from chassis.redis_line import RedisLine
from user_service.domain.ids import AccountId, SessionId
from user_service.domain.tokens import ACCESS_TOKEN_LIFE
from user_service.ports.session_cache import LIVE_COPY_LIFE

# One minute more than a token lives, for clocks that differ.
TOMBSTONE_LIFE = ACCESS_TOKEN_LIFE + timedelta(minutes=1)
_RETRY_SECONDS = 0.5


class RedisSessionCache:
    """A SessionCache. `run` must run beside it: it writes the tombstones that could not be written at once."""

    def __init__(self, line: RedisLine, *, retry_seconds: float = _RETRY_SECONDS) -> None:
        self._line = line
        self._retry_seconds = retry_seconds
        # Until when (loop time) a live copy of the session may be left in Redis.
        self._unburied: dict[SessionId, float] = {}
        self._wake = asyncio.Event()

    async def fill(self, session_id: SessionId, account_id: AccountId, life: timedelta) -> None:
        life_ms = int(life / timedelta(milliseconds=1))
        if life_ms <= 0:
            return

        async def set_if_absent(client: Redis) -> None:
            await client.set(_key(session_id), f"live:{account_id}", nx=True, px=life_ms)

        try:
            await self._line.ask("SET", set_if_absent)
        except Unavailable:
            return  # the gateway asks CheckSession again

    async def bury(self, session_id: SessionId) -> None:
        try:
            await self._write_tombstone(session_id)
        except Unavailable:
            loop_time = asyncio.get_running_loop().time()
            self._unburied[session_id] = loop_time + LIVE_COPY_LIFE.total_seconds()
            self._wake.set()

    async def run(self) -> None:
        """Tries again what could not be written, for as long as it matters."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._unburied:
                await asyncio.sleep(self._retry_seconds)
                await self._bury_the_rest()

    async def _bury_the_rest(self) -> None:
        for session_id, until in list(self._unburied.items()):
            if asyncio.get_running_loop().time() < until:
                try:
                    await self._write_tombstone(session_id)
                except Unavailable:
                    return
            del self._unburied[session_id]

    async def _write_tombstone(self, session_id: SessionId) -> None:
        async def overwrite(client: Redis) -> None:
            await client.set(_key(session_id), "ended", px=TOMBSTONE_LIFE)

        await self._line.ask("SET", overwrite)


def _key(session_id: SessionId) -> str:
    return f"session:{session_id}"
