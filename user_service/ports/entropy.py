"""Where ids and secrets come from."""

from typing import Protocol


class Entropy(Protocol):
    """Randomness that nobody can guess."""

    def new_id(self) -> str:
        """Gives 32 lower-case hexadecimal digits that were never given before."""
        ...

    def secret(self, size_bytes: int) -> bytes:
        """Gives that many bytes, fit for a token."""
        ...
