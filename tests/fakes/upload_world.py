"""Two instances of the upload service, or more, on the same fakes."""

import hashlib
import itertools
from dataclasses import dataclass, field

from file_upload_service.app.abort_upload import AbortUpload
from file_upload_service.app.assembly import Assembly
from file_upload_service.app.background import Background
from file_upload_service.app.caller import Caller
from file_upload_service.app.complete_upload import CompleteUpload
from file_upload_service.app.end_upload import EndUpload
from file_upload_service.app.finish_upload import FinishUpload
from file_upload_service.app.get_upload import GetUpload, ListUploads
from file_upload_service.app.multipart import EnsureMultipart
from file_upload_service.app.redirect import Redirect
from file_upload_service.app.report_parts import ReportParts
from file_upload_service.app.sign_download import SignDownload
from file_upload_service.app.sign_parts import SignParts
from file_upload_service.app.start_upload import NewUpload, StartUpload
from file_upload_service.app.sweep import Sweep
from file_upload_service.domain.ids import AccountId, NodeId, UploadId
from file_upload_service.domain.part import PartClaim, PartReport
from file_upload_service.domain.policy import Policy
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import Upload
from tests.fakes.upload_clock import FakeClock
from tests.fakes.upload_faults import Faults
from tests.fakes.upload_metadata import InMemoryMetadata
from tests.fakes.upload_object_store import InMemoryObjectStore, InMemoryUrlSigner
from tests.fakes.upload_repository import InMemoryUploadRepository

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

    def __post_init__(self) -> None:
        self.durability = CountingDurability(self.store)
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
        uploads, store = faults.wrap(world.uploads), faults.wrap(world.store)
        metadata, durability = faults.wrap(world.metadata), faults.wrap(world.durability)
        clock, policy, signer = world.clock, world.policy, InMemoryUrlSigner(world.clock)
        ensure = EnsureMultipart(uploads, store)
        assembly = Assembly(store)
        self.background = Background()
        end = EndUpload(uploads, store, metadata, clock, policy)
        finish = FinishUpload(uploads, assembly, durability, metadata, end, clock, policy, world.new_id)
        self.sign_parts = SignParts(uploads, uploads, signer, ensure, clock, policy)
        self.start_upload = StartUpload(uploads, metadata, ensure, self.sign_parts, clock, policy, SECRET)
        self.report_parts = ReportParts(uploads, uploads)
        self.complete_upload = CompleteUpload(
            uploads, assembly, finish, end, self.background, clock, policy, world.new_id
        )
        self.abort_upload = AbortUpload(uploads, end, clock, policy, world.new_id)
        self.get_upload = GetUpload(uploads)
        self.list_uploads = ListUploads(uploads)
        self.sign_download = SignDownload(metadata, signer, clock, policy)
        self.sweep = Sweep(uploads, uploads, store, finish, end, clock, policy, world.new_id)

    async def start(self, new: NewUpload, *claims: PartClaim, caller: Caller = ADA) -> Upload:
        upload, _ = await self.start_upload(caller, new, claims, Reach.PUBLIC)
        return upload

    async def complete(
        self, upload_id: UploadId, *reports: PartReport, redirect: Redirect | None = None
    ) -> Upload:
        return await self.complete_upload(ADA.account_id, upload_id, reports, redirect or Redirect())

    async def abort(self, upload_id: UploadId) -> Upload:
        return await self.abort_upload(ADA.account_id, upload_id)


def new_upload(
    size_bytes: int = 5,
    *,
    name: str = "letter.txt",
    command_id: str = "command-1",
    conflict: ConflictRule = ConflictRule.FAIL,
    folder_id: str = "root",
) -> NewUpload:
    return NewUpload(command_id, Target(NodeId(folder_id), name, conflict), size_bytes, "text/plain")


def claim(number: int, body: bytes) -> PartClaim:
    return PartClaim(number, hashlib.sha256(body).digest())
