"""A body in pieces of at most the wanted lengths."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic


class Cells:
    """What comes before it breaks off is not lost: it is given out first, then the error. To be closed."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body
        self._left = bytearray()
        self._coming: asyncio.Future[bytes] | None = None
        self._is_over = False
        self._broken_by: Exception | None = None

    async def more(self) -> bool:
        """Waits until there are bytes to give out; False at the end."""
        while not self._left and not self._is_over:
            await self._arrive(None)
        return bool(self._left)

    async def next(self, size: int, *, seconds: float) -> bytearray:
        """The next `size` bytes; fewer at the end, or if no more come in so many seconds. Never copied as a whole."""
        until = monotonic() + seconds
        while len(self._left) < size and not self._is_over:
            if not await self._arrive(max(0.0, until - monotonic())):
                break
        piece, self._left = self._left, self._left[size:]
        del piece[size:]
        return piece

    def raise_what_broke_it(self) -> None:
        """Once all that came has been given out."""
        if self._broken_by is not None:
            raise self._broken_by

    async def aclose(self) -> None:
        """Once nothing of the body is being read any more."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)

    async def _arrive(self, seconds: float | None) -> bool:
        """Whether something did in that time. What is still on its way then goes on: cut off, it would be lost."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(anext(self._body))
        if not (await asyncio.wait({self._coming}, timeout=seconds))[0]:
            return False
        coming, self._coming = self._coming, None
        try:
            self._left += coming.result()
        except StopAsyncIteration:
            self._is_over = True
        except Exception as error:  # noqa: BLE001 - raised as soon as what came before it is safe
            self._is_over, self._broken_by = True, error
        return True
