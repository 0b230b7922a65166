"""All that this service can do, put together over its ports."""

from dataclasses import dataclass, field

from file_metadata_service.app.abandon_blobs import AbandonBlobs
from file_metadata_service.app.change_tree import ChangeTree
from file_metadata_service.app.change_versions import ChangeVersions
from file_metadata_service.app.check_transfer import CheckDownload, CheckUpload
from file_metadata_service.app.collect_blobs import CollectBlobs
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.compact_journal import Compactions, CompactJournal, JournalLimits
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.drive_writer import WriterParts
from file_metadata_service.app.find_place import FindPlace
from file_metadata_service.app.get_drive import GetDrive
from file_metadata_service.app.get_node import GetNode, ResolvePath
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.job_desk import JobPorts
from file_metadata_service.app.kept_answers import KeptAnswers
from file_metadata_service.app.list_changes import ListChanges
from file_metadata_service.app.list_folder import ListFolder, ListTrash
from file_metadata_service.app.list_versions import ListVersions
from file_metadata_service.app.memory import FolderMemory
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.sweeper import Duty
from file_metadata_service.app.thin_versions import ThinDueVersions, ThinVersions
from file_metadata_service.app.tree_jobs import TreeJobs, TreePorts
from file_metadata_service.domain.ids import NodeIds
from file_metadata_service.domain.retention import Retention
from file_metadata_service.domain.trash import RETENTION_MS
from file_metadata_service.ports.answer_cache import Caching, Placed
from file_metadata_service.ports.blob_collection import BlobCollection
from file_metadata_service.ports.blobs import BlobDecisions
from file_metadata_service.ports.clock import Clock, FreshTokens, Pause, Sleep
from file_metadata_service.ports.committer_watch import CommitterWatch
from file_metadata_service.ports.drives import DriveRepository
from file_metadata_service.ports.job_watch import JobWatch
from file_metadata_service.ports.jobs import DueJobs, JobRepository
from file_metadata_service.ports.journal import JournalReader
from file_metadata_service.ports.journal_upkeep import JournalUpkeep
from file_metadata_service.ports.ledger import Ledger
from file_metadata_service.ports.listings import (
    DueTrash,
    FolderListing,
    PackedListing,
    PackedPage,
    TrashListing,
)
from file_metadata_service.ports.versions import DueVersions, VersionListing
from file_metadata_service.ports.wake_ups import WakeUps

# A page of 200 files has 70 KB.
_PAGES_IN_MEMORY_BYTES = 24 * 2**20
_PASSING_PAGES_IN_MEMORY_BYTES = 8 * 2**20
_PLACES_IN_MEMORY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the service needs from the world."""

    drives: DriveRepository
    ledger: Ledger
    folder_listing: FolderListing
    packed_listing: PackedListing
    trash_listing: TrashListing
    due_trash: DueTrash
    version_listing: VersionListing
    due_versions: DueVersions
    journal: JournalReader
    blobs: BlobDecisions
    blob_collection: BlobCollection
    journal_upkeep: JournalUpkeep
    wake_ups: WakeUps
    jobs: JobRepository
    due_jobs: DueJobs
    caching: Caching
    clock: Clock
    pause: Pause
    sleep: Sleep
    tokens: FreshTokens
    watch: CommitterWatch
    job_watch: JobWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`id_secret` is shared by all instances. `default_quota_bytes` None: new drives have no limit."""

    id_secret: bytes
    default_quota_bytes: int | None = None
    limits: GroupLimits = field(default_factory=GroupLimits)
    journal: JournalLimits = field(default_factory=JournalLimits)
    retention: Retention = field(default_factory=Retention)
    trash_retention_ms: int = RETENTION_MS


class UseCases:
    """One instance of the service, without its technology."""

    def __init__(self, ports: Ports, policy: Policy) -> None:
        heads = Heads(
            drives=ports.drives,
            clock=ports.clock,
            tokens=ports.tokens,
            default_quota_bytes=policy.default_quota_bytes,
        )
        compact = CompactJournal(
            heads=heads, journal=ports.journal, upkeep=ports.journal_upkeep, limits=policy.journal
        )
        self.compactions = Compactions(compact)
        folders = FolderMemory()
        self.reader = reader = Reader(heads=heads, ledger=ports.ledger, folders=folders)
        self.cursors = cursors = Cursors(policy.id_secret)
        writer = WriterParts(
            heads=heads,
            ledger=ports.ledger,
            folders=folders,
            tokens=ports.tokens,
            pause=ports.pause,
            limits=policy.limits,
            notes=ports.caching.notes,
            landed=(ports.wake_ups.landed, self.compactions.landed),
            watch=ports.watch,
        )
        self.committers = Committers(parts=writer)
        self.get_drive = GetDrive(heads)
        find = FindPlace(reader, _kept_places(ports.caching))
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
        self.check_upload = CheckUpload(reader)
        self.check_download = CheckDownload(reader)
        node_ids = NodeIds(policy.id_secret)
        self.list_versions = ListVersions(reader=reader, listing=ports.version_listing, cursors=cursors)
        self.thin_versions = ThinVersions(
            reader=reader,
            listing=ports.version_listing,
            committers=self.committers,
            clock=ports.clock,
            retention=policy.retention,
        )
        self.change = ChangeTree(self.committers, node_ids, self.thin_versions, policy.trash_retention_ms)
        self.versions = ChangeVersions(self.change)
        self.abandon = AbandonBlobs(ports.blobs, ports.clock)
        self.collect_blobs = CollectBlobs(ports.blob_collection, ports.clock)
        job_ports = JobPorts(
            jobs=ports.jobs,
            due_jobs=ports.due_jobs,
            clock=ports.clock,
            sleep=ports.sleep,
            tokens=ports.tokens,
            watch=ports.job_watch,
        )
        tree_ports = TreePorts(
            ledger=ports.ledger,
            folders=ports.folder_listing,
            trash=ports.trash_listing,
            due_trash=ports.due_trash,
            versions=ports.version_listing,
        )
        self.tree_jobs = TreeJobs(
            job_ports, tree_ports, change=self.change, heads=heads, reader=reader, cursors=cursors
        )
        self.change.on_trash.append(self.tree_jobs.count.begin)
        self.jobs = self.tree_jobs.desk
        self.duties: list[Duty] = [
            ThinDueVersions(versions=ports.due_versions, thin=self.thin_versions),
            *self.tree_jobs.duties,
        ]


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
