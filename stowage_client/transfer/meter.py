"""Who is told how far a transfer has come."""

from typing import Protocol


class Meter(Protocol):
    """Counts bytes and files. `advance` is called from many threads at once, the rest from one task."""

    def expect(self, *, files: int, size_bytes: int) -> None:
        """There will be this much more to do."""

    def advance(self, size_bytes: int) -> None:
        """This much is done; negative if it must be done again."""

    def settle(self, size_bytes: int) -> None:
        """This much was done before: it counts as done, not towards the rate."""

    def begin(self, name: str) -> None:
        """Work on this file has begun."""

    def end(self, name: str) -> None:
        """Work on this file has ended, one way or another."""
