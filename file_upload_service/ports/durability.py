"""Power cuts."""

from typing import Protocol


class Durability(Protocol):
    async def flush(self) -> None:
        """When this returns, every object that S3 had acknowledged before the call survives a power cut.

        Nothing to do for stores that sync by themselves. Concurrent callers share one effort. Raises
        Unavailable.
        """
