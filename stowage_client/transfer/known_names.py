"""What stands in the folders that files are put into."""

import asyncio
from collections import Counter, defaultdict

from stowage_client.api.models import Conflict, Node
from stowage_client.api.nodes import NodesApi
from stowage_client.transfer.folder_maker import Place

# From so many files on, one listing of the folder is cheaper than asking for each.
_WORTH_LISTING = 8


class KnownNames:
    """Finds what has the name of a file that is about to be sent, by as few requests as possible."""

    def __init__(self, nodes: NodesApi, conflict: Conflict, files_per_folder: Counter[str]) -> None:
        self._nodes = nodes
        self._conflict = conflict
        self._files_per_folder = files_per_folder
        self._listings: dict[str, dict[str, Node]] = {}
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def find(self, place: Place, name: str) -> Node | None:
        """None also if it is not worth a request: under the rule `fail` Start says it as well."""
        if place.is_new or self._conflict == "rename":
            return None
        if self._files_per_folder[place.folder_id] >= _WORTH_LISTING:
            return (await self._listing(place.folder_id)).get(name)
        return await self._nodes.find(place.path.child(name)) if self._conflict == "replace" else None

    async def _listing(self, folder_id: str) -> dict[str, Node]:
        async with self._one_at_a_time[folder_id]:
            if folder_id not in self._listings:
                entries = self._nodes.entries(folder_id)
                self._listings[folder_id] = {node.name: node async for node in entries}
            return self._listings[folder_id]
