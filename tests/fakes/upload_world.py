"""Two instances of the upload service, or more, on the same fakes."""

import hashlib
import itertools
from dataclasses import dataclass, field

from file_upload_service.app.redirect import Redirect
from file_upload_service.app.start_upload import NewUpload
from file_upload_service.bootstrap import Ports, wire
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import AccountId, NodeId, UploadId
from file_upload_service.domain.part import PartClaim, PartReport
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import Upload
from tests.fakes.upload_bundles import InMemoryBundleRepository
from tests.fakes.upload_clock import FakeClock
from tests.fakes.upload_faults import Faults
from tests.fakes.upload_metadata import InMemoryMetadata
from tests.fakes.upload_object_store import InMemoryObjectStore, InMemoryUrlSigner
from tests.fakes.upload_repository import InMemoryTails, InMemoryUploadRepository
from tests.fakes.upload_unreferenced import InMemoryUnreferencedBlobs

ADA = Caller(AccountId("a" * 32), "token-of-ada")
BOB = Caller(AccountId("b" * 32), "token-of-bob")
SECRET = b"a secret of the tests"


class CountingDurability:
    """Remembers which objects had been flushed."""

    def __init__(self, store: InMemoryObjectStore) -> None:
        self._store = store
        self.flushed: set[str] = set()

    async def flush(self) -> None:
        self.flushed |= set(self._store.objects)


@dataclass
class World:
    policy: Policy = field(default_factory=Policy)
    clock: FakeClock = field(default_factory=FakeClock)
    uploads: InMemoryUploadRepository = field(default_factory=InMemoryUploadRepository)
    store: InMemoryObjectStore = field(default_factory=InMemoryObjectStore)
    metadata: InMemoryMetadata = field(default_factory=InMemoryMetadata)
    unreferenced: InMemoryUnreferencedBlobs = field(default_factory=InMemoryUnreferencedBlobs)

    def __post_init__(self) -> None:
        self.durability = CountingDurability(self.store)
        self.parts = self.due_uploads = self.uploads
        self.tails = InMemoryTails(self.uploads)
        self.bundles = self.due_bundles = InMemoryBundleRepository(self.uploads.open_count)
        self.signer = InMemoryUrlSigner(self.clock)
        self.ids = itertools.count(1)
        self.metadata.add_account(ADA.account_id, ADA.token)
        self.metadata.add_account(BOB.account_id, BOB.token)

    def new_id(self) -> str:
        return f"{next(self.ids):032x}"

    def instance(self, faults: Faults | None = None) -> "Instance":
        return Instance(self, faults or Faults())


class Instance:
    """One process. Its remote calls go through `faults`."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.faults = faults
        ports = Ports(
            uploads=faults.wrap(world.uploads),
            parts=faults.wrap(world.parts),
            tails=faults.wrap(world.tails),
            due_uploads=faults.wrap(world.due_uploads),
            bundles=faults.wrap(world.bundles),
            due_bundles=faults.wrap(world.due_bundles),
            store=faults.wrap(world.store),
            signer=world.signer,
            metadata=faults.wrap(world.metadata),
            unreferenced=faults.wrap(world.unreferenced),
            durability=faults.wrap(world.durability),
            clock=world.clock,
            new_id=world.new_id,
        )
        parts = wire(ports, world.policy, SECRET)
        use_cases = parts.use_cases
        self.start_upload = use_cases.start_upload
        self.use_known = use_cases.use_known
        self.sign_parts = use_cases.sign_parts
        self.report_parts = use_cases.report_parts
        self.follow_stream = use_cases.follow_stream
        self.get_tail = use_cases.get_tail
        self.sign_segment = use_cases.sign_segment
        self.append_tail = use_cases.append_tail
        self.complete_upload = use_cases.complete_upload
        self.abort_upload = use_cases.abort_upload
        self.get_upload = use_cases.get_upload
        self.list_uploads = use_cases.list_uploads
        self.sign_download = use_cases.sign_download
        self.start_bundle = use_cases.start_bundle
        self.complete_bundle = use_cases.complete_bundle
        self.abort_bundle = use_cases.abort_bundle
        self.sweep = parts.sweep
        self.sweep_bundles = parts.sweep_bundles
        self.collect_blobs = parts.collect_blobs
        self.background = parts.background

    async def start(self, new: NewUpload, *claims: PartClaim, caller: Caller = ADA) -> Upload:
        upload, _ = await self.start_upload(caller, new, claims, Reach.PUBLIC)
        return upload

    async def complete(
        self,
        upload_id: UploadId,
        *reports: PartReport,
        redirect: Redirect | None = None,
        size_bytes: int | None = None,
    ) -> Upload:
        return await self.complete_upload(
            ADA.account_id, upload_id, reports, redirect or Redirect(), size_bytes=size_bytes
        )

    async def abort(self, upload_id: UploadId) -> Upload:
        return await self.abort_upload(ADA.account_id, upload_id)


def new_upload(
    size_bytes: int | None = 5,
    *,
    name: str = "letter.txt",
    command_id: str = "command-1",
    conflict: ConflictRule = ConflictRule.FAIL,
    folder_id: str = "root",
    content_hash: str = "",
) -> NewUpload:
    target = Target(NodeId(folder_id), name, conflict)
    return NewUpload(command_id, target, size_bytes, "text/plain", content_hash)


def claim(number: int, body: bytes) -> PartClaim:
    return PartClaim(number, hashlib.sha256(body).digest())
