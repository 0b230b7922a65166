"""One instance at a time, by a session and a key in Consul.

python-consul2 blocks, so each question borrows a thread. The session ends by itself ten to twenty seconds after its
holder has died; who stops in order gives it back at once.
"""

import asyncio

from chassis.consul_lock import ConsulError, ConsulLock
from chassis.telemetry import get_logger

_logger = get_logger(__name__)
_CALL_SECONDS = 3.0


class ConsulLeadership:
    def __init__(self, lock: ConsulLock) -> None:
        self._lock = lock
        self._held: bool | None = None
        self._turn = asyncio.Lock()

    async def holds(self) -> bool:
        """True also while Consul does not answer: sweeping twice is harmless, not sweeping is not."""
        async with self._turn:
            return await self._ask()

    async def _ask(self) -> bool:
        """One at a time: two threads would open two sessions, of which one keeps the other out."""
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                held = await asyncio.to_thread(self._lock.acquire)
        except (ConsulError, TimeoutError):
            return True
        if held != self._held:
            _logger.info("sweeping" if held else "another_instance_sweeps")
            self._held = held
        return held

    async def close(self) -> None:
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await asyncio.to_thread(self._lock.release)
        except (ConsulError, TimeoutError):
            return  # it ends by itself
