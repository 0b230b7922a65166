"""A bound on the bytes that are held in memory at once, whoever sends them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api_gateway.domain.errors import RelayBusy


class ByteBudget:
    """First come, first served: a large request is not passed by for ever by small ones."""

    def __init__(self, size_bytes: int, *, patience_seconds: float = 10.0) -> None:
        self._free_bytes = size_bytes
        self._patience_seconds = patience_seconds
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def free_bytes(self) -> int:
        """What nobody holds at this moment."""
        return self._free_bytes

    @asynccontextmanager
    async def hold(self, size_bytes: int) -> AsyncIterator[None]:
        """Take that much while the block runs. Raises RelayBusy if it does not come free in time."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._take(size_bytes)
        except TimeoutError as error:
            raise RelayBusy(
                "Too many parts are passing through this server. Send their SHA-256, or try again.",
                retry_after_seconds=self._patience_seconds,
            ) from error
        try:
            yield
        finally:
            self._give_back(size_bytes)

    async def _take(self, size_bytes: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((size_bytes, turn))
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # served in the same turn of the loop
                self._give_back(size_bytes)
            else:
                turn.cancel()
                self._serve()
            raise

    def _give_back(self, size_bytes: int) -> None:
        self._free_bytes += size_bytes
        self._serve()

    def _serve(self) -> None:
        while self._waiting:
            size_bytes, turn = self._waiting[0]
            if not turn.cancelled():
                if size_bytes > self._free_bytes:
                    return
                self._free_bytes -= size_bytes
                turn.set_result(None)
            self._waiting.popleft()
