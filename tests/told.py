"""What the journal tells of each transaction, for who must know which of several changes came last.

told = Told(RestSource(client))
mirror = Mirror(told)                                   # follows through it, to the end
check(model, events, told=told.agrees, fits=told.fits)  # tests/linearizability.py
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.metadata_model import TreeModel
from tests.linearizability import Event
from tests.mirror import Mirrored, Page, Source


@dataclass(slots=True)
class Told:
    """Implements Source: hands on what the other one says, and remembers how each transaction left its nodes."""

    source: Source
    _placed: dict[int, dict[str, Mirrored | None]] = field(default_factory=dict)

    async def changes(self, cursor: str) -> Page:
        page = await self.source.changes(cursor)
        for seq, changes in page.entries:
            self._placed[seq] = {change.node_id: change.placed for change in changes}
        return page

    async def children(self, folder_id: str) -> Sequence[Mirrored]:
        return await self.source.children(folder_id)

    def tells_of(self, node_ids: set[str]) -> Sequence[tuple[int, str, Mirrored | None]]:
        """By seq: how each transaction left these."""
        return [
            (seq, node_id, left)
            for seq, placed in sorted(self._placed.items())
            for node_id, left in placed.items()
            if node_id in node_ids
        ]

    def agrees(self, event: Event[Any]) -> bool:
        """Whether the node was, after the event's transaction, where the event left it; yes, if nobody has said."""
        placed = self._placed.get(event.seq, {})
        if event.about not in placed:
            return True
        now = placed[event.about]
        if now is None or event.left is None:
            return now is event.left
        parent, name = event.left
        return parent in ("", now.parent) and name in ("", now.name)

    def fits(self, seq: int, model: TreeModel) -> bool:
        """Whether the model has each node that it knows where the transaction left it."""
        return all(
            node.trashed if now is None else (node.parent, node.name) == (now.parent, now.name)
            for node_id, now in self._placed.get(seq, {}).items()
            if (node := model.nodes.get(node_id))
        )
