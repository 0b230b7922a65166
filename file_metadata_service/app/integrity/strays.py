"""What a job was making or removing out of sight, and left there: nobody could reach it, or get its room back."""

from dataclasses import replace

from file_metadata_service.app.integrity.scene import Finding, Mending, Scene, finding, own_key
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import root_of
from file_metadata_service.domain.jobs import JobId
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.domain.trash import RETENTION_MS, TrashItem
from file_metadata_service.ports.ledger import trash_key


def check_held(scene: Scene, node: Node, job_id: JobId, now_ms: int) -> Finding | None:
    """A job places or removes what it holds; it has no name, and no place in the trash. Left by one that is over,
    it goes to the trash with all that is below it, as of `now_ms` if it was never deleted: people see what there is
    of it, and the purge removes it.
    """
    if not scene.is_over(job_id):
        return None
    trashed_at_ms = now_ms if node.trashed_at_ms is None else node.trashed_at_ms
    found = replace(
        node, parent_id=root_of(scene.head.id), trashed_at_ms=trashed_at_ms, seq=scene.head.seq + 1
    )
    place = trash_key(scene.head.id, trashed_at_ms, node.id)
    scene.need(place)
    item = TrashItem(
        node=found,
        original_path=f"/{found.name}",
        trashed_at_ms=trashed_at_ms,
        expires_at_ms=trashed_at_ms + RETENTION_MS,
    )
    drive = scene.head.trashing(None)
    if isinstance(node, Folder):
        drive = drive.rearranged()
    mending = Mending(drive=drive, rows={own_key(found): found, place: item}, nodes=(found,))
    return finding(scene, DefectKind.JOB_GONE, f"{node.id} of job {job_id}", mending)
