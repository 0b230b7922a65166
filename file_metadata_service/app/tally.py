"""How much hangs below a folder, counted by pages."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from file_metadata_service.app.tree_walk import TreeWalk
from file_metadata_service.domain.errors import TooDeep
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.nodes import File
from file_metadata_service.ports.listings import FolderListing

NODES_A_NOTE = 1_000
# Of a row of 400 KB.
MEMO_MAX_CHARACTERS = 150_000


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a walk stands, and what it met so far: nodes, and the bytes of their current versions."""

    place: list[tuple[NodeId, str | None]]
    nodes: int = 0
    size_bytes: int = 0

    def dump(self, step: str) -> str:
        """As a job's memo. Raises TooDeep: the place of a walk is as long as the way to it."""
        memo = json.dumps({"step": step, "place": self.place, "nodes": self.nodes, "bytes": self.size_bytes})
        if len(memo) > MEMO_MAX_CHARACTERS:
            raise TooDeep("What lies there is too deep for this.")
        return memo

    @classmethod
    def load(cls, memo: str) -> "tuple[str, Tally]":
        """The step that it was noted in, and the tally."""
        form = json.loads(memo)
        place = [(NodeId(folder_id), start) for folder_id, start in form["place"]]
        return form["step"], cls(place, form["nodes"], form["bytes"])


@dataclass(frozen=True, slots=True)
class CountTree:
    listing: FolderListing

    async def __call__(self, tally: Tally, note: Callable[[Tally], Awaitable[None]]) -> Tally:
        """Goes on from there to the end. Raises Unavailable, and what `note` raises."""
        walk, nodes, size_bytes = TreeWalk(self.listing, tally.place), tally.nodes, tally.size_bytes
        while (visit := await walk.next()) is not None:
            if visit.leaving:
                continue
            nodes += 1
            size_bytes += visit.node.current.size_bytes if isinstance(visit.node, File) else 0
            if nodes % NODES_A_NOTE == 0:
                await note(Tally(walk.place, nodes, size_bytes))
        return Tally([], nodes, size_bytes)
