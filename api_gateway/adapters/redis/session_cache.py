"""The user service's notes on sessions in Redis; `docs/sessions-in-redis.md` is the contract."""

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api_gateway.domain.identity import Caller
from api_gateway.ports.callers import Standing


class RedisSessionCache:
    """Implements ports.callers.SessionCache. Reads only."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def standing(self, caller: Caller) -> Standing:
        try:
            note = await self._redis.get(f"session:{caller.session_id}")
        except (RedisError, OSError, TimeoutError):
            return "unknown"
        if note == b"ended":
            return "ended"
        return "live" if note == f"live:{caller.account_id}".encode() else "unknown"
