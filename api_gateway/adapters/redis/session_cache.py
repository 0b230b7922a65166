"""The user service's notes on sessions in Redis; `docs/sessions-in-redis.md` is the contract."""

import time
from collections.abc import Callable

from prometheus_client import Counter
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from api_gateway.adapters.redis.looks import Looks
from api_gateway.domain.identity import Caller
from api_gateway.ports.session_cache import Standing
from chassis.telemetry import get_logger

# A cache that is slower than the rpc which it spares is of no use.
_TIMEOUT_SECONDS = 0.25
_logger = get_logger(__name__)
_LOOKS = Counter(
    "stowage_session_cache_looks",
    "Looks into the sessions' cache: hit, miss, error, or skipped while it is away",
    ("result",),
)


def connect(url: str) -> Redis:
    """A client that answers fast or not at all. Raises ValueError for an address that is none."""
    return Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        max_connections=64,
    )


class RedisSessionCache:
    """Implements ports.session_cache.SessionCache. Reads only.

    After a failure it is not asked for `pause_seconds`: otherwise every request would wait for a dead cache.
    """

    def __init__(
        self, redis: Redis, *, pause_seconds: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._looks = Looks(redis)
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._asks_again_at = 0.0
        self._was_away = False

    async def standing(self, caller: Caller) -> Standing:
        if self._clock() < self._asks_again_at:
            _LOOKS.labels("skipped").inc()
            return "unknown"
        try:
            note = await self._looks.at(f"session:{caller.session_id}")
        except (RedisError, OSError, TimeoutError) as error:
            _LOOKS.labels("error").inc()
            self._pause(error)
            return "unknown"
        self._was_away = False
        standing = _meaning(note, caller)
        _LOOKS.labels("miss" if standing == "unknown" else "hit").inc()
        return standing

    def _pause(self, error: Exception) -> None:
        self._asks_again_at = self._clock() + self._pause_seconds
        if not self._was_away:
            _logger.warning("session_cache_away", error=type(error).__name__)
        self._was_away = True


def _meaning(note: bytes | str | None, caller: Caller) -> Standing:
    if note == b"ended":
        return "ended"
    return "live" if note == f"live:{caller.account_id}".encode() else "unknown"
