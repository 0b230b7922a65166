"""Whose bytes pass next, when many pass at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator


class RelayTurns:
    """One chunk of all relays together at each turn of the event loop, in the order in which they asked.

    Else fifty of them would have a chunk ready at every turn, and a small request, which needs a dozen turns, would
    wait for hundreds. Who waits for a slow client or storage holds up nobody: a turn is over when it has begun.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_due = False

    async def paced(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same chunks, each in its turn."""
        while True:
            await self._turn()
            chunk = await anext(chunks, None)
            if chunk is None:
                return
            yield chunk

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        mine = loop.create_future()
        self._waiting.append(mine)
        if not self._is_due:
            self._is_due = True
            loop.call_soon(self._serve)
        await mine

    def _serve(self) -> None:
        while self._waiting:
            next_one = self._waiting.popleft()
            if not next_one.cancelled():
                next_one.set_result(None)
                break
        self._is_due = bool(self._waiting)
        if self._is_due:
            asyncio.get_running_loop().call_soon(self._serve)
