"""A body in pieces of the wanted lengths."""

from collections.abc import AsyncIterator


class Cells:
    """What comes before it breaks off is not lost: it is given out first, then the error."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body
        self._left = bytearray()
        self._is_over = False
        self._broken_by: Exception | None = None

    @property
    def ended(self) -> bool:
        """Whether everything has been given out."""
        return self._is_over and not self._left

    async def next(self, size: int) -> bytes:
        """The next `size` bytes; fewer at the end. Of no bytes, only looks whether there are more."""
        while len(self._left) < max(1, size) and not self._is_over:
            try:
                self._left += await anext(self._body)
            except StopAsyncIteration:
                self._is_over = True
            except Exception as error:  # noqa: BLE001 - raised as soon as what came before it is safe
                self._is_over, self._broken_by = True, error
        piece = bytes(self._left[:size])
        del self._left[:size]
        return piece

    def raise_what_broke_it(self) -> None:
        """Once all that came has been given out."""
        if self._broken_by is not None and self.ended:
            raise self._broken_by
