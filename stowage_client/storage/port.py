"""What the transfer engine asks of storage. Calls block: threads make them, many at once."""

from collections.abc import Callable, Mapping
from typing import Protocol


class Body(Protocol):
    """The bytes of one part, read once, from its beginning."""

    @property
    def size_bytes(self) -> int: ...

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, b"" at the end. May raise to stop the sending; that error is passed on."""


class Storage(Protocol):
    """Parts in, ranges out."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: Body) -> str:
        """Sends the whole body and returns the ETag that storage gave it.

        MUST raise one of StorageError for whatever goes wrong in between; errors of `body` pass.
        """

    def fetch(self, url: str, offset: int, size_bytes: int, write: Callable[[memoryview], None]) -> None:
        """Passes exactly `size_bytes` from `offset` to `write`, in order; the view is reused afterwards.

        MUST raise LinkExpired, Interrupted (what was written so far is right) or Refused; errors of
        `write` pass.
        """

    def close(self) -> None:
        """Lets go of idle connections. What is still under way ends by itself."""
