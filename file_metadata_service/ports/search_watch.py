"""Port: what an operator may see of searching. Nothing depends on it, and it never fails."""

from typing import Protocol


class SearchWatch(Protocol):
    def answered(self, seconds: float, *, complete: bool) -> None:
        """A page was given, so long after it was asked for."""
        ...

    def followed(self, lag_seconds: float) -> None:
        """The oldest of some changes is in the index now, so long after it was written."""
        ...

    def gathering(self, cause: str) -> None:
        """A drive's index is being built: "new", "interrupted", "other_journal" or "gap"."""
        ...

    def failed(self, error: Exception) -> None:
        """Bringing an index up to date ended early; the next question tries again."""
        ...
