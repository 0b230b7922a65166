"""What the journal tells of each transaction, for who must know which of several changes came last.

told = Told(RestSource(client))
mirror = Mirror(told)                                   # follows through it, to the end
check(model, events, told=told.agrees)                  # tests/linearizability.py
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from tests.linearizability import Event
from tests.mirror import Mirrored, Page, Source


@dataclass(slots=True)
class Told:
    """Implements Source: hands on what the other one says, and remembers how each transaction left its nodes."""

    source: Source
    _placed: dict[tuple[int, str], Mirrored | None] = field(default_factory=dict)

    async def changes(self, cursor: str) -> Page:
        page = await self.source.changes(cursor)
        for seq, changes in page.entries:
            self._placed |= {(seq, change.node_id): change.placed for change in changes}
        return page

    async def children(self, folder_id: str) -> Sequence[Mirrored]:
        return await self.source.children(folder_id)

    def tells_of(self, node_ids: set[str]) -> Sequence[tuple[int, str, Mirrored | None]]:
        """By seq: how each transaction left these."""
        placed = ((seq, node_id, at) for (seq, node_id), at in self._placed.items() if node_id in node_ids)
        return sorted(placed, key=itemgetter(0))

    def agrees(self, event: Event[Any]) -> bool:
        """Whether the node was, after the event's transaction, where the event left it; yes, if nobody has said."""
        key = event.seq, event.about
        if key not in self._placed:
            return True
        placed = self._placed[key]
        if placed is None or event.left is None:
            return placed is event.left
        parent, name = event.left
        return parent in ("", placed.parent) and name in ("", placed.name)
