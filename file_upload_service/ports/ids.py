"""Fresh ids."""

from typing import Protocol


class NewId(Protocol):
    def __call__(self) -> str:
        """32 lower-case hex digits that nobody has seen before."""
