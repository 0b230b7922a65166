"""Walking trees so that people go first: a page is small, and after it comes a pause as long as it took.

One event loop and one engine serve people and jobs: what a job reads at once, somebody waits for.
"""

from dataclasses import dataclass

from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.nodes import Node
from file_metadata_service.ports.clock import Clock, Sleep
from file_metadata_service.ports.listings import FolderListing, Order, Page

# As many as people see at once.
NODES_A_PAGE = 200
# A store that hangs for long is not to be waited for twice.
LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class CalmListing:
    """Implements ports.listings.FolderListing over another one, at half its speed."""

    listing: FolderListing
    clock: Clock
    sleep: Sleep

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> Page[Node]:
        began = self.clock.monotonic_seconds()
        limit = min(limit, NODES_A_PAGE)
        page = await self.listing.page(folder_id, order, limit=limit, start=start)
        took = self.clock.monotonic_seconds() - began
        if took > 0:
            await self.sleep(min(took, LONGEST_PAUSE_SECONDS))
        return page

    def behind(self, node: Node) -> str:
        return self.listing.behind(node)
