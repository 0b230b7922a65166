"""Search as the gateway sees it: whatever holds the text, in whatever case."""

from dataclasses import dataclass

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, File, FoundPage, Node, PlacedNode
from api_gateway.ports.search import Sought
from chassis.errors import Kind, RemoteError
from tests.fakes.gateway_tree import InMemoryTree


@dataclass(slots=True)
class InMemorySearch:
    """Implements Search. `complete`: what it says of itself."""

    tree: InMemoryTree
    complete: bool = True

    async def find(self, caller: Caller, sought: Sought, *, limit: int, cursor: str) -> At[FoundPage]:
        below = self.tree.folder(caller, sought.folder_id).id if sought.folder_id else caller.account_id
        found = [
            node
            for node in self.tree.living(caller)
            if sought.text.casefold() in node.name.casefold()
            and sought.type in (None, node.kind)
            and below in [each.id for each in self.tree.way_to(node)]
            and (sought.after is None or node.updated_at >= sought.after)
            and (sought.before is None or node.updated_at < sought.before)
        ]
        return self._page(caller, found, f"search {sought}", limit, cursor)

    async def recent(self, caller: Caller, *, limit: int, cursor: str) -> At[FoundPage]:
        files: list[Node] = [node for node in self.tree.living(caller) if isinstance(node, File)]
        files.sort(key=lambda node: node.updated_at, reverse=True)
        return self._page(caller, files, "recent", limit, cursor)

    def _page(self, caller: Caller, nodes: list[Node], name: str, limit: int, cursor: str) -> At[FoundPage]:
        of, _, offset = cursor.rpartition("-")
        if cursor and (of != name or not offset.isdecimal()):
            raise RemoteError(Kind.INVALID, "cursor_invalid", "This search never gave that cursor.")
        start = int(offset or 0)
        items = tuple(PlacedNode(node, self.tree.way_to(node)) for node in nodes[start : start + limit])
        next_cursor = f"{name}-{start + limit}" if len(nodes) > start + limit else None
        return self.tree.at(caller, FoundPage(items, next_cursor, self.complete))
