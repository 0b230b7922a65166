"""All that this service can do, put together over its ports."""

from dataclasses import dataclass, field

from file_metadata_service.app.abandon_blobs import AbandonBlobs
from file_metadata_service.app.change_tree import ChangeTree
from file_metadata_service.app.check_transfer import CheckDownload, CheckUpload
from file_metadata_service.app.committer import Committers
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.drive_writer import WriterParts
from file_metadata_service.app.get_drive import GetDrive
from file_metadata_service.app.get_node import GetNode, ResolvePath
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.heads import Heads
from file_metadata_service.app.job_desk import JobDesk, JobPorts
from file_metadata_service.app.list_folder import ListFolder, ListTrash
from file_metadata_service.app.memory import FolderMemory
from file_metadata_service.app.reading import Reader
from file_metadata_service.app.sweeper import Duty
from file_metadata_service.domain.ids import NodeIds
from file_metadata_service.ports.blobs import BlobDecisions
from file_metadata_service.ports.clock import Clock, FreshTokens, Pause, Sleep
from file_metadata_service.ports.committer_watch import CommitterWatch
from file_metadata_service.ports.drives import DriveRepository
from file_metadata_service.ports.jobs import DueJobs, JobRepository
from file_metadata_service.ports.journal import JournalReader
from file_metadata_service.ports.ledger import Ledger
from file_metadata_service.ports.listings import FolderListing, PackedListing, TrashListing
from file_metadata_service.ports.wake_ups import WakeUps


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the service needs from the world."""

    drives: DriveRepository
    ledger: Ledger
    folder_listing: FolderListing
    packed_listing: PackedListing
    trash_listing: TrashListing
    journal: JournalReader
    blobs: BlobDecisions
    wake_ups: WakeUps
    jobs: JobRepository
    due_jobs: DueJobs
    clock: Clock
    pause: Pause
    sleep: Sleep
    tokens: FreshTokens
    watch: CommitterWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`id_secret` is shared by all instances. `default_quota_bytes` None: new drives have no limit."""

    id_secret: bytes
    default_quota_bytes: int | None = None
    limits: GroupLimits = field(default_factory=GroupLimits)


class UseCases:
    """One instance of the service, without its technology."""

    def __init__(self, ports: Ports, policy: Policy) -> None:
        heads = Heads(
            drives=ports.drives,
            clock=ports.clock,
            tokens=ports.tokens,
            default_quota_bytes=policy.default_quota_bytes,
        )
        folders = FolderMemory()
        reader = Reader(heads=heads, ledger=ports.ledger, folders=folders)
        cursors = Cursors(policy.id_secret)
        writer = WriterParts(
            heads=heads,
            ledger=ports.ledger,
            folders=folders,
            tokens=ports.tokens,
            pause=ports.pause,
            limits=policy.limits,
            wake_ups=ports.wake_ups,
            watch=ports.watch,
        )
        self.committers = Committers(parts=writer)
        self.get_drive = GetDrive(heads)
        self.get_node = GetNode(reader)
        self.resolve_path = ResolvePath(reader)
        self.list_folder = ListFolder(reader=reader, listing=ports.packed_listing, cursors=cursors)
        self.list_trash = ListTrash(heads=heads, listing=ports.trash_listing, cursors=cursors)
        self.check_upload = CheckUpload(reader)
        self.check_download = CheckDownload(reader)
        node_ids = NodeIds(policy.id_secret)
        self.change = ChangeTree(self.committers, node_ids)
        self.abandon = AbandonBlobs(ports.blobs, ports.clock)
        job_ports = JobPorts(
            jobs=ports.jobs,
            due_jobs=ports.due_jobs,
            clock=ports.clock,
            sleep=ports.sleep,
            tokens=ports.tokens,
        )
        self.jobs = JobDesk(job_ports, {}, node_ids, cursors)
        self.duties: list[Duty] = []
