"""What a file's row says of its past versions: how many there are that are not kept for ever."""

from dataclasses import dataclass, replace

from file_metadata_service.app.integrity.inspector import ATTEMPTS, Inspector, Report
from file_metadata_service.app.integrity.scene import Finding, Mending, Rule, Scene, finding
from file_metadata_service.app.integrity.settling import settled
from file_metadata_service.app.integrity.tally import TooBusy, unkept
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.jobs import job_of_place
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.census import Census
from file_metadata_service.ports.ledger import Key, Row, file_key, folder_key, trash_key


class _Moved(Exception):
    """The file, or a folder, is not what it was when the versions were counted."""


@dataclass(frozen=True, slots=True)
class VersionCounts:
    census: Census
    inspector: Inspector

    async def settle(self, drive_id: DriveId, file_id: NodeId) -> Report | None:
        """Each change to a version is one to its file, too: if the row stands still, its versions did.

        But for a removal, which takes the versions first: what is below one is its job's. Raises TooBusy, Unavailable.
        """
        key = file_key(file_id)
        for _ in range(ATTEMPTS):
            sight = await self.inspector.sights.look(drive_id, frozenset((key,)))
            file = sight.rows[key]
            if not isinstance(file, File) or await self._is_held(sight.head, file):
                return None
            counted = unkept(await self.census.versions(file_id))
            try:
                return await self.inspector.settle(drive_id, _rule(file, counted, sight.head.tree_epoch))
            except _Moved:
                continue
        raise TooBusy

    async def _is_held(self, head: Drive, file: File) -> bool:
        """By a job. As of the head's `tree_epoch`: no folder moves without one more."""
        node: Node = file
        passed = set[NodeId]()
        while job_of_place(node.parent_id) is None:
            if node.trashed_at_ms is not None or node.parent_id is None or node.parent_id in passed:
                return False
            passed.add(node.parent_id)
            above = folder_key(node.parent_id)
            folder = (await self.inspector.sights.glance(head, (above,))).rows[above]
            if not isinstance(folder, Folder):
                return False
            node = folder
        return True


def _rule(before: File, counted: int, tree_epoch: int) -> Rule:
    """Raises _Moved unless all is as it was when they were counted."""
    key = file_key(before.id)

    def check(scene: Scene) -> Finding | None:
        if scene.row(key, File) != before or scene.head.tree_epoch != tree_epoch:
            raise _Moved
        if before.unkept_versions == counted:
            return None
        subject = f"{before.id} says {before.unkept_versions}, counted {counted}"
        right = replace(before, unkept_versions=counted)
        mending = settled(scene, right) if before.trashed_at_ms is None else _in_trash(scene, right)
        return finding(scene, DefectKind.VERSIONS_MISCOUNTED, subject, mending)

    return check


def _in_trash(scene: Scene, file: File) -> Mending | None:
    """The trash holds the node as it is."""
    assert file.trashed_at_ms is not None
    place = trash_key(scene.head.id, file.trashed_at_ms, file.id)
    item = scene.row(place, TrashItem)
    file = replace(file, seq=scene.head.seq + 1)
    if item is None:
        return None
    rows: dict[Key, Row | None] = {file_key(file.id): file, place: replace(item, node=file)}
    return Mending(drive=scene.head, rows=rows, nodes=(file,))
