"""What the use cases need from the world, and what is decided for them."""

from dataclasses import dataclass, field

from file_metadata_service.app.compact_journal import JournalLimits
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.domain.retention import Retention
from file_metadata_service.domain.trash import RETENTION_MS
from file_metadata_service.ports.answer_cache import Caching
from file_metadata_service.ports.blob_census import BlobCensus
from file_metadata_service.ports.blob_collection import BlobCollection
from file_metadata_service.ports.blobs import BlobDecisions
from file_metadata_service.ports.clock import Clock, FreshTokens, Pause, Sleep
from file_metadata_service.ports.committer_watch import CommitterWatch
from file_metadata_service.ports.drives import DriveRepository
from file_metadata_service.ports.job_watch import JobWatch
from file_metadata_service.ports.jobs import DueJobs, JobRepository
from file_metadata_service.ports.journal import JournalReader
from file_metadata_service.ports.journal_upkeep import JournalUpkeep
from file_metadata_service.ports.known_blobs import KnownBlobs
from file_metadata_service.ports.ledger import Ledger
from file_metadata_service.ports.listings import (
    DueTrash,
    FolderListing,
    PackedListing,
    TrashListing,
)
from file_metadata_service.ports.versions import DueVersions, VersionListing
from file_metadata_service.ports.wake_ups import WakeUps


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
    blob_census: BlobCensus
    known_blobs: KnownBlobs
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
