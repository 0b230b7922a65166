"""Port: who of the instances does what one alone should do."""

from typing import Protocol


class Leadership(Protocol):
    async def holds(self) -> bool:
        """Whether this instance should do it now. For economy only: two that do, or none for a while, are harmless.

        True also while nobody can be asked, so that nothing lies about because discovery is down.
        """
        ...
