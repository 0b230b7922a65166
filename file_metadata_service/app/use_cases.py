"""All that this service can do, put together over its ports."""

from file_metadata_service.app.abandon_blobs import AbandonBlobs
from file_metadata_service.app.change_tree import ChangeTree
from file_metadata_service.app.change_versions import ChangeVersions
from file_metadata_service.app.check_transfer import CheckDownload, CheckUpload
from file_metadata_service.app.collect_blobs import CollectBlobs
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.compact_journal import Compactions, CompactJournal
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.drive_writer import WriterParts
from file_metadata_service.app.find_known import FindKnown
from file_metadata_service.app.find_place import FindPlace
from file_metadata_service.app.get_drive import GetDrive
from file_metadata_service.app.get_node import GetNode, ResolvePath
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.job_desk import JobPorts
from file_metadata_service.app.kept_answers import KeptAnswers
from file_metadata_service.app.list_changes import ListChanges
from file_metadata_service.app.list_folder import ListFolder, ListTrash
from file_metadata_service.app.list_versions import ListVersions
from file_metadata_service.app.memory import FolderMemory
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.sweeper import Duty
from file_metadata_service.app.take_blob_census import TakeBlobCensus
from file_metadata_service.app.thin_versions import ThinDueVersions, ThinVersions
from file_metadata_service.app.tree_jobs import TreeJobs, TreePorts
from file_metadata_service.app.use_case_ports import Policy, Ports
from file_metadata_service.domain.ids import NodeIds
from file_metadata_service.ports.answer_cache import Caching, Placed
from file_metadata_service.ports.listings import (
    PackedPage,
)

# A page of 200 files has 70 KB.
_PAGES_IN_MEMORY_BYTES = 24 * 2**20
_PASSING_PAGES_IN_MEMORY_BYTES = 8 * 2**20
_PLACES_IN_MEMORY = 10_000


class UseCases:
    """One instance of the service, without its technology."""

    def __init__(self, ports: Ports, policy: Policy) -> None:
        self._heads = _heads(ports, policy)
        self._folders = FolderMemory()
        self._node_ids = NodeIds(policy.id_secret)
        self.cursors = Cursors(policy.id_secret)
        self.reader = Reader(heads=self._heads, ledger=ports.ledger, folders=self._folders)
        self._put_reads_together(ports)
        self._put_changes_together(ports, policy)
        self._put_jobs_together(ports)

    def _put_reads_together(self, ports: Ports) -> None:
        heads, cursors = self._heads, self.cursors
        find = FindPlace(self.reader, _kept_places(ports.caching))
        self.get_drive = GetDrive(heads)
        self.get_node = GetNode(find)
        self.resolve_path = ResolvePath(find)
        self.list_folder = ListFolder(
            find=find,
            listing=ports.packed_listing,
            pages=_kept_pages(ports.caching),
            cursors=cursors,
        )
        self.list_changes = ListChanges(heads=heads, journal=ports.journal, cursors=cursors)
        self.list_trash = ListTrash(heads=heads, listing=ports.trash_listing, cursors=cursors)
        self.list_versions = ListVersions(reader=self.reader, listing=ports.version_listing, cursors=cursors)
        self.check_upload = CheckUpload(self.reader)
        self.check_download = CheckDownload(self.reader)
        self.find_known = FindKnown(self.reader, ports.known_blobs, ports.clock)
        self.take_blob_census = TakeBlobCensus(ports.blob_census)

    def _put_changes_together(self, ports: Ports, policy: Policy) -> None:
        compact = CompactJournal(
            heads=self._heads, journal=ports.journal, upkeep=ports.journal_upkeep, limits=policy.journal
        )
        self.compactions = Compactions(compact)
        self.committers = Committers(parts=self._writer_parts(ports, policy))
        self.thin_versions = ThinVersions(
            reader=self.reader,
            listing=ports.version_listing,
            committers=self.committers,
            clock=ports.clock,
            retention=policy.retention,
        )
        self.change = ChangeTree(
            self.committers, self._node_ids, self.thin_versions, policy.trash_retention_ms
        )
        self.versions = ChangeVersions(self.change)
        self.abandon = AbandonBlobs(ports.blobs, ports.clock)
        self.collect_blobs = CollectBlobs(ports.blob_collection, ports.clock)

    def _writer_parts(self, ports: Ports, policy: Policy) -> WriterParts:
        return WriterParts(
            heads=self._heads,
            ledger=ports.ledger,
            folders=self._folders,
            tokens=ports.tokens,
            pause=ports.pause,
            limits=policy.limits,
            notes=ports.caching.notes,
            landed=(ports.wake_ups.landed, self.compactions.landed),
            watch=ports.watch,
        )

    def _put_jobs_together(self, ports: Ports) -> None:
        self.tree_jobs = TreeJobs(
            _job_ports(ports),
            _tree_ports(ports),
            change=self.change,
            heads=self._heads,
            reader=self.reader,
            cursors=self.cursors,
        )
        self.change.on_trash.append(self.tree_jobs.count.begin)
        self.jobs = self.tree_jobs.desk
        self.duties: list[Duty] = [
            ThinDueVersions(versions=ports.due_versions, thin=self.thin_versions),
            *self.tree_jobs.duties,
        ]


def _heads(ports: Ports, policy: Policy) -> Heads:
    return Heads(
        drives=ports.drives,
        clock=ports.clock,
        tokens=ports.tokens,
        default_quota_bytes=policy.default_quota_bytes,
    )


def _job_ports(ports: Ports) -> JobPorts:
    return JobPorts(
        jobs=ports.jobs,
        due_jobs=ports.due_jobs,
        clock=ports.clock,
        sleep=ports.sleep,
        tokens=ports.tokens,
        watch=ports.job_watch,
    )


def _tree_ports(ports: Ports) -> TreePorts:
    return TreePorts(
        ledger=ports.ledger,
        folders=ports.folder_listing,
        trash=ports.trash_listing,
        due_trash=ports.due_trash,
        versions=ports.version_listing,
    )


def _kept_pages(caching: Caching) -> KeptAnswers[PackedPage]:
    return KeptAnswers(
        kind="page",
        cache=caching.pages,
        watch=caching.watch,
        weigh=lambda page: len(page.nodes) + 500,
        max_weight=_PAGES_IN_MEMORY_BYTES,
        max_passing_weight=_PASSING_PAGES_IN_MEMORY_BYTES,
    )


def _kept_places(caching: Caching) -> KeptAnswers[Placed]:
    return KeptAnswers(
        kind="place",
        cache=caching.places,
        watch=caching.watch,
        weigh=lambda _: 1,
        max_weight=_PLACES_IN_MEMORY,
    )
