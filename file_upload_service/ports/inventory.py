"""All that the bucket holds, page by page. Not for requests: its cost grows with what there is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sighting:
    """`since`: when the bytes, or the multipart upload, came to be there, by the store's clock."""

    key: str
    since: datetime


@dataclass(frozen=True, slots=True)
class InventoryPage:
    """In order of the keys. `next_key`: what to say as `after` for the next page, None at the end."""

    items: tuple[Sighting, ...]
    next_key: str | None


class Inventory(Protocol):
    """Consistent: what was there before the call, and is not deleted meanwhile, is seen. May raise Unavailable."""

    async def objects(self, *, prefix: str, after: str | None) -> InventoryPage:
        """Objects whose keys begin so and sort behind `after`."""

    async def multiparts(self, *, prefix: str, after: str | None) -> InventoryPage:
        """Keys with multipart uploads that are neither put together nor ended: each once, with its latest."""
