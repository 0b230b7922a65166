"""Folders that lie below themselves: nobody reaches them from the root."""

from dataclasses import dataclass, replace

from file_metadata_service.app.integrity.inspector import Inspector, Report
from file_metadata_service.app.integrity.scene import Finding, Mending, Rule, Scene, finding, place_of
from file_metadata_service.app.integrity.settling import settled
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import NodeId, root_of
from file_metadata_service.domain.nodes import Folder
from file_metadata_service.ports.census import Census
from file_metadata_service.ports.ledger import folder_key

# A look takes 99 rows; room for the names in the root.
LONGEST_REPAIRED = 60


@dataclass(frozen=True, slots=True)
class Circles:
    """Remembers the parent of every folder while it looks: about 250 bytes each."""

    census: Census
    inspector: Inspector

    async def check(self, head: Drive) -> list[Report]:
        """Raises Unavailable."""
        parents = dict[NodeId, NodeId]()
        start: str | None = None
        while True:
            page = await self.census.folders(head.id, start=start)
            sight = await self.inspector.sights.glance(head, map(folder_key, page.items))
            for row in sight.rows.values():
                if isinstance(row, Folder) and row.parent_id is not None:
                    parents[row.id] = row.parent_id
            start = page.next_start
            if start is None:
                break
        rules = [_circle_rule(circle) for circle in _circles(parents)]
        reports = [await self.inspector.settle(head.id, rule) for rule in rules]
        return [report for report in reports if report is not None]


def _circles(parents: dict[NodeId, NodeId]) -> list[tuple[NodeId, ...]]:
    """Each once; every folder is passed once."""
    passed, circles = set[NodeId](), list[tuple[NodeId, ...]]()
    for first in parents:
        way = dict[NodeId, None]()
        at = first
        while at in parents and at not in passed:
            passed.add(at)
            way[at] = None
            at = parents[at]
        if at in way:
            ids = list(way)
            circles.append(tuple(ids[ids.index(at) :]))
    return circles


def _circle_rule(circle: tuple[NodeId, ...]) -> Rule:
    """The folder that was moved last is put into the root."""
    seen = circle[:LONGEST_REPAIRED]
    above = (*circle[1:], circle[0])[: len(seen)]

    def check(scene: Scene) -> Finding | None:
        scene.need(*map(folder_key, seen))
        folders = [folder for folder in map(scene.folder, seen) if folder is not None]
        if tuple(folder.parent_id for folder in folders) != above:
            return None
        last = max(folders, key=lambda folder: (folder.seq, folder.id))
        mending = _freed(scene, last) if seen == circle else None
        return finding(scene, DefectKind.FOLDERS_IN_CIRCLE, last.id, mending)

    return check


def _freed(scene: Scene, folder: Folder) -> Mending | None:
    scene.need(place_of(folder))
    entry = scene.rows[place_of(folder)]
    leaving = place_of(folder) if isinstance(entry, Folder) and entry.id == folder.id else None
    return settled(scene, replace(folder, parent_id=root_of(scene.head.id)), leaving=leaving)
