"""Past versions whose file is gone: nobody can list them, and nothing would ever let go of their bytes."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from file_metadata_service.app.integrity.inspector import Inspector, Report
from file_metadata_service.app.integrity.scene import Finding, Mending, Rule, Scene, finding
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import NodeId, root_of
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.census import Census
from file_metadata_service.ports.ledger import Key, Row, blob_key, file_key


@dataclass(frozen=True, slots=True)
class LoneVersions:
    """A removal takes the versions first and their file only afterwards, so that what it does is never a finding."""

    census: Census
    inspector: Inspector

    async def page(self, head: Drive, start: str | None) -> tuple[int, list[Report], str | None]:
        """How many there are on it, what is wrong, and where to go on. Raises Unavailable."""
        page = await self.census.past_versions(head.id, start=start)
        files = {NodeId(key.partition): file_key(NodeId(key.partition)) for key in page.items}
        sight = await self.inspector.sights.glance(head, files.values())
        gone = {node_id for node_id, key in files.items() if sight.rows[key] is None}
        if gone:
            gone -= await self._told_of(head, gone)
        now_ms = self.inspector.clock.now_ms()
        rules = [_version_rule(key, now_ms) for key in page.items if key.partition in gone]
        return len(page.items), await self.inspector.inspect(head, rules), page.next_start

    async def _told_of(self, head: Drive, ids: set[NodeId]) -> set[NodeId]:
        """Of which a name or the trash still tells: the file can be made again from that, and has its versions then.

        No change moves such a place, as the file has no row; so it need not be of one moment.
        """
        told = set[NodeId]()
        async for keys in self._places(head):
            sight = await self.inspector.sights.glance(head, keys)
            told |= ids & _nodes_in(sight.rows)
        return told

    async def _places(self, head: Drive) -> AsyncIterator[tuple[Key, ...]]:
        """All names of the drive, and its trash."""
        start: str | None = None
        while True:
            trash = await self.census.trash(head.id, start=start)
            yield trash.items
            if (start := trash.next_start) is None:
                break
        async for folder_id in self._folders(head):
            while True:
                names = await self.census.entries(folder_id, start=start)
                yield names.items
                if (start := names.next_start) is None:
                    break

    async def _folders(self, head: Drive) -> AsyncIterator[NodeId]:
        yield root_of(head.id)
        start: str | None = None
        while True:
            page = await self.census.folders(head.id, start=start)
            for folder_id in page.items:
                yield folder_id
            if (start := page.next_start) is None:
                return


def _nodes_in(rows: Mapping[Key, Row | None]) -> set[NodeId]:
    nodes = (row.node if isinstance(row, TrashItem) else row for row in rows.values())
    return {node.id for node in nodes if isinstance(node, Folder | File)}


def _version_rule(key: Key, now_ms: int) -> Rule:
    owner = file_key(NodeId(key.partition))

    def check(scene: Scene) -> Finding | None:
        scene.need(key, owner)
        past = scene.row(key, PastVersion)
        if past is None or scene.row(owner, File) is not None:
            return None
        subject = f"{key.partition}, number {key.sort}"
        return finding(scene, DefectKind.VERSION_ALONE, subject, _let_go(scene, key, past, now_ms))

    return check


def _let_go(scene: Scene, key: Key, past: PastVersion, now_ms: int) -> Mending:
    """As whoever deletes a version does: its row, its reference, and what it counts in the drive."""
    place = blob_key(past.version.blob_id)
    blob = scene.row(place, Blob)
    rows: dict[Key, Row | None] = {key: None}
    if blob is not None and blob.drive_id == scene.head.id and blob.state is BlobState.LIVE:
        rows[place] = blob.released(at_ms=now_ms)
    return Mending(drive=scene.head.freeing(past_bytes=past.version.size_bytes), rows=rows)
