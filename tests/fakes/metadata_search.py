"""A search index that looks at every name. No cleverness, so that it can be trusted."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from file_metadata_service.domain.ids import DriveId, NodeId, root_of
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.search import Grade, Hit, Question
from file_metadata_service.ports.listings import Page
from file_metadata_service.ports.search_index import Mark


@dataclass(slots=True)
class _Known:
    mark: Mark
    nodes: dict[NodeId, Node] = field(default_factory=dict)


@dataclass(slots=True)
class InMemorySearchIndex:
    known: dict[DriveId, _Known] = field(default_factory=dict)

    async def mark(self, drive_id: DriveId) -> Mark | None:
        await asyncio.sleep(0)
        known = self.known.get(drive_id)
        return known.mark if known else None

    async def begin(self, drive_id: DriveId, mark: Mark) -> None:
        await asyncio.sleep(0)
        self.known[drive_id] = _Known(mark)

    async def put(self, drive_id: DriveId, nodes: Sequence[Node], mark: Mark) -> None:
        await asyncio.sleep(0)
        known = self.known.get(drive_id)
        if known is None:
            return
        for node in nodes:
            before = known.nodes.get(node.id)
            if before is None or before.seq <= node.seq:
                known.nodes[node.id] = node
        known.mark = mark

    async def page(
        self, drive_id: DriveId, question: Question, *, limit: int, start: str | None
    ) -> Page[Hit]:
        await asyncio.sleep(0)
        known = self.known.get(drive_id)
        if known is None:
            return Page((), None)
        found = list[tuple[tuple[int, int, str], Hit]]()
        for node in known.nodes.values():
            grade = question.query.grade(node.name) if question.query else Grade.EXACT
            ancestors = self._ancestors(known, node)
            if grade is None or ancestors is None or not question.filters.pass_node(node):
                continue
            below = question.filters.below
            if below in (None, root_of(drive_id)) or below in {it.id for it in ancestors}:
                found.append(((grade, -node.updated_at_ms, node.id), Hit(node, ancestors)))
        found.sort(key=lambda it: it[0])
        first = int(start or 0)
        rest = len(found) > first + limit
        return Page(
            tuple(hit for _, hit in found[first : first + limit]), str(first + limit) if rest else None
        )

    def _ancestors(self, known: _Known, node: Node) -> tuple[Folder, ...] | None:
        if node.trashed_at_ms is not None:
            return None
        upwards, up = list[Folder](), node.parent_id
        while up is not None and up != root_of(node.drive_id):
            folder = known.nodes.get(up)
            if not isinstance(folder, Folder) or folder.trashed_at_ms is not None or folder in upwards:
                return None
            upwards.append(folder)
            up = folder.parent_id
        return tuple(reversed(upwards))
