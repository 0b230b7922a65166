"""The jobs that work on trees, put together: copies, the trash, and what purges it."""

from dataclasses import dataclass

from file_metadata_service.app.calm_listing import CalmListing
from file_metadata_service.app.change_tree import ChangeTree
from file_metadata_service.app.copy_node import CopyNode
from file_metadata_service.app.copy_tree import CopyTree
from file_metadata_service.app.count_trash import CountItem, CountTrash, Uncounted
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.delete_for_ever import DeleteForEver, EmptyWholeTrash
from file_metadata_service.app.empty_trash import DeleteItem, Deletion, EmptyTrash
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.job_desk import JobDesk, JobPorts
from file_metadata_service.app.job_runs import Work
from file_metadata_service.app.purge_trash import PurgeTrash
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.removal import RemoveTree
from file_metadata_service.app.sweeper import Duty
from file_metadata_service.domain.jobs import JobKind
from file_metadata_service.ports.ledger import Ledger
from file_metadata_service.ports.listings import DueTrash, FolderListing, TrashListing
from file_metadata_service.ports.versions import VersionListing


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePorts:
    """What these jobs read."""

    ledger: Ledger
    folders: FolderListing
    trash: TrashListing
    due_trash: DueTrash
    versions: VersionListing


class TreeJobs:
    """`desk` runs them; `duties` are to be done by a sweeper."""

    def __init__(
        self,
        job_ports: JobPorts,
        ports: TreePorts,
        *,
        change: ChangeTree,
        heads: Heads,
        reader: Reader,
        cursors: Cursors,
    ) -> None:
        # Somebody waits for a copy; for all the rest nobody does.
        calm = CalmListing(ports.folders, job_ports.clock, job_ports.sleep)
        uncounted = Uncounted(ports.ledger)
        works = _works(ports, calm, uncounted, change=change, heads=heads)
        self.desk = JobDesk(job_ports, works, change.node_ids, cursors)
        self.count = CountTrash(
            listing=calm,
            committers=change.committers,
            uncounted=uncounted,
            start=self.desk.start,
            clock=job_ports.clock,
            sleep=job_ports.sleep,
        )
        self.copy = CopyNode(reader, change, self.desk.start)
        self.delete = DeleteForEver(reader, self.desk.start)
        self.empty = EmptyWholeTrash(self.desk.start)
        purge = PurgeTrash(ports.due_trash, self.desk.start, self.count, job_ports.clock)
        self.duties: list[Duty] = [purge]


def _works(
    ports: TreePorts, calm: CalmListing, uncounted: Uncounted, *, change: ChangeTree, heads: Heads
) -> dict[JobKind, Work]:
    committers = change.committers
    remove = RemoveTree(listing=calm, versions=ports.versions, ledger=ports.ledger, committers=committers)
    delete = Deletion(committers, remove)
    copy = CopyTree(
        heads=heads,
        listing=ports.folders,
        committers=committers,
        remove=remove,
        node_ids=change.node_ids,
    )
    return {
        JobKind.COPY: copy,
        JobKind.DELETE: DeleteItem(delete),
        JobKind.EMPTY_TRASH: EmptyTrash(ports.trash, delete),
        JobKind.COUNT: CountItem(calm, committers, uncounted),
    }
