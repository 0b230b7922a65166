"""What stands in a folder that files are put into."""

import asyncio

from stowage_client.api.models import Conflict, Node
from stowage_client.api.nodes import NodesApi
from stowage_client.transfer.folder_maker import Place

# From so many files on, one listing of the folder is cheaper than asking for each.
_WORTH_LISTING = 2


class KnownNames:
    """Finds what has the name of a file that is about to be sent to this folder, by as few requests as possible."""

    def __init__(
        self, nodes: NodesApi, conflict: Conflict, place: Place, *, file_count: int, one_alone: bool
    ) -> None:
        """`one_alone`: it is the only file of all, so that its Start is asked at once."""
        self._nodes = nodes
        self._conflict = conflict
        self._place = place
        self._file_count = file_count
        self._one_alone = one_alone
        self._listing: dict[str, Node] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def find(self, name: str) -> Node | None:
        """None also if it is not worth a request: of one alone Start says it as well, under the rule `fail`."""
        if self._place.is_new or self._conflict == "rename":
            return None
        if self._file_count >= _WORTH_LISTING:
            return (await self._listed()).get(name)
        if self._one_alone and self._conflict == "fail":
            return None
        return await self._nodes.find(self._place.path.child(name))

    async def _listed(self) -> dict[str, Node]:
        async with self._one_at_a_time:
            if self._listing is None:
                entries = self._nodes.entries(self._place.folder_id)
                self._listing = {node.name: node async for node in entries}
            return self._listing
