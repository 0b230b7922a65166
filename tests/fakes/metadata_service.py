"""The metadata service over any store, spoken to in the short words of tests."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack
from uuid import uuid4

from file_metadata_service.app.change_tree import Caller
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.commit_blob import UploadedBlob
from file_metadata_service.app.create_folder import CreateFolder
from file_metadata_service.app.get_node import Found
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.restore_node import RestoreNode
from file_metadata_service.app.together import AnyStep, Together
from file_metadata_service.app.trash_node import TrashNode
from file_metadata_service.app.update_node import UpdateNode
from file_metadata_service.app.use_case_ports import Policy, Ports
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.ids import AccountId, Actor, BlobId, NodeId, Position, own_drive
from file_metadata_service.domain.jobs import LEASE_MS
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.domain.versions import FileVersion
from file_metadata_service.ports.listings import Order, SortField
from tests.fakes.metadata_answers import InMemoryCache, RecordingReadWatch
from tests.fakes.metadata_blob_census import InMemoryBlobCensus
from tests.fakes.metadata_clock import CountingTokens, InstantPause, ManualClock
from tests.fakes.metadata_collection import InMemoryBlobCollection
from tests.fakes.metadata_job_watch import RecordingJobWatch
from tests.fakes.metadata_jobs import InMemoryJobs, endless
from tests.fakes.metadata_journal import InMemoryJournal, RecordingWakeUps
from tests.fakes.metadata_known import InMemoryKnownBlobs
from tests.fakes.metadata_packing import InMemoryPackedListing, Listed, listed_in
from tests.fakes.metadata_store import InMemoryFolderListing, InMemoryMetadata, InMemoryTrashListing
from tests.fakes.metadata_truth import check_whole
from tests.fakes.metadata_versions import InMemoryVersions
from tests.fakes.metadata_watch import RecordingWatch

ANN = Actor(AccountId("a" * 32))
BEN = Actor(AccountId("b" * 32))


class Asked(TypedDict, total=False):
    by: Actor
    command: str
    rule: ConflictRule
    if_revision: int | None
    session: str
    within: float


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page as the gateway sees it."""

    items: tuple[Listed, ...]
    next_cursor: str
    position: Position


@dataclass(slots=True)
class Service:
    """One instance. `command` absent: a fresh one, as the gateway does."""

    use: UseCases

    async def mkdir(self, name: str, parent: str = "root", **asked: Unpack[Asked]) -> Landed[Folder]:
        caller = self._caller(f"mkdir {parent} {name}", asked)
        return await self.use.change.submit(caller, self.making(caller, name, parent, **asked))

    async def update(
        self, node_id: str, name: str | None = None, parent: str | None = None, **asked: Unpack[Asked]
    ) -> Landed[Node]:
        caller = self._caller(f"update {node_id} {name} {parent}", asked)
        return await self.use.change.submit(caller, updating(node_id, name, parent, **asked))

    async def trash(self, node_id: str, **asked: Unpack[Asked]) -> Landed[TrashItem]:
        caller = self._caller(f"trash {node_id}", asked)
        return await self.use.change.submit(caller, trashing(node_id, **asked))

    async def restore(
        self, node_id: str, parent: str | None = None, name: str | None = None, **asked: Unpack[Asked]
    ) -> Landed[Node]:
        caller = self._caller(f"restore {node_id} {parent} {name}", asked)
        return await self.use.change.submit(caller, restoring(node_id, parent, name, **asked))

    async def together(self, *steps: AnyStep, **asked: Unpack[Asked]) -> Landed[tuple[Node | TrashItem, ...]]:
        return await self.use.change.submit(self._caller(f"together {steps}", asked), Together(steps))

    def making(
        self, caller: Caller, name: str, parent: str = "root", step: int | None = None, **asked: Unpack[Asked]
    ) -> CreateFolder:
        return CreateFolder(
            actor=caller.actor,
            node_id=self.use.change.new_folder_id(caller, step),
            parent_id=parent,
            name=name,
            rule=asked.get("rule", ConflictRule.FAIL),
        )

    async def commit(
        self,
        name: str,
        folder: str = "root",
        *,
        blob: str | None = None,
        size: int = 5,
        known_as: str | None = None,
        **asked: Unpack[Asked],
    ) -> Landed[File]:
        actor = asked.get("by", ANN)
        return await self.use.change.commit(
            actor,
            own_drive(actor.account_id),
            a_blob(blob or uuid4().hex, size, known_as),
            folder_id=folder,
            name=name,
            rule=asked.get("rule", ConflictRule.FAIL),
            if_revision=asked.get("if_revision"),
        )

    async def versions(self, file_id: str, by: Actor = ANN) -> list[FileVersion]:
        """All of them, by pages of two."""
        found, cursor = list[FileVersion](), ""
        while True:
            page = await self.use.list_versions(by, file_id, limit=2, cursor=cursor)
            found += page.items
            cursor = page.next_cursor
            if not cursor:
                return found

    async def numbers(self, file_id: str, by: Actor = ANN) -> list[int]:
        return [it.version.number for it in await self.versions(file_id, by)]

    async def bring_back(self, file_id: str, number: int, **asked: Unpack[Asked]) -> Landed[File]:
        caller = self._caller(f"bring back {file_id} {number}", asked)
        return await self.use.versions.restore(
            caller, file_id=file_id, number=number, if_revision=asked.get("if_revision")
        )

    async def forget(self, file_id: str, number: int, **asked: Unpack[Asked]) -> Landed[FileVersion]:
        caller = self._caller(f"forget {file_id} {number}", asked)
        return await self.use.versions.delete(caller, file_id=file_id, number=number)

    async def keep(
        self, file_id: str, number: int, keep: bool = True, **asked: Unpack[Asked]
    ) -> Landed[FileVersion]:
        caller = self._caller(f"keep {file_id} {number} {keep}", asked)
        return await self.use.versions.keep(caller, file_id=file_id, number=number, keep=keep)

    async def get(self, node_id: str, by: Actor = ANN) -> Found:
        return await self.use.get_node(by, node_id)

    async def names(self, folder: str = "root", by: Actor = ANN) -> list[str]:
        """All of them, by pages of a thousand, in the order of names."""
        names, cursor = list[str](), ""
        while True:
            page = await self.page(folder, limit=1000, cursor=cursor, by=by)
            names += [node.name for node in page.items]
            cursor = page.next_cursor
            if not cursor:
                return names

    async def page(
        self,
        folder: str = "root",
        *,
        limit: int = 0,
        cursor: str = "",
        sort: str = "name",
        descending: bool = False,
        by: Actor = ANN,
    ) -> ListedPage:
        order = Order(field=SortField(sort), descending=descending)
        page = await self.use.list_folder(by, folder, order=order, limit=limit, cursor=cursor)
        return ListedPage(
            listed_in(page.nodes, page.position.drive_id, page.folder_id), page.next_cursor, page.position
        )

    def caller(self, command: str, request: str = "", by: Actor = ANN) -> Caller:
        return Caller(actor=by, command_id=command, request_hash=request)

    def _caller(self, request: str, asked: Asked) -> Caller:
        body = f"{request} {asked.get('rule')} {asked.get('if_revision')}"
        caller = self.caller(asked.get("command") or uuid4().hex, body, asked.get("by", ANN))
        return replace(caller, session_id=asked.get("session", ""), within_seconds=asked.get("within"))


def updating(
    node_id: str, name: str | None = None, parent: str | None = None, **asked: Unpack[Asked]
) -> UpdateNode:
    return UpdateNode(
        actor=asked.get("by", ANN),
        node_id=NodeId(node_id),
        name=name,
        parent_id=parent,
        rule=asked.get("rule", ConflictRule.FAIL),
        if_revision=asked.get("if_revision"),
    )


def trashing(node_id: str, **asked: Unpack[Asked]) -> TrashNode:
    return TrashNode(
        actor=asked.get("by", ANN), node_id=NodeId(node_id), if_revision=asked.get("if_revision")
    )


def restoring(
    node_id: str, parent: str | None = None, name: str | None = None, **asked: Unpack[Asked]
) -> RestoreNode:
    return RestoreNode(
        actor=asked.get("by", ANN),
        node_id=NodeId(node_id),
        parent_id=parent,
        name=name,
        rule=asked.get("rule", ConflictRule.FAIL),
    )


def caller(request: str, *, command: str = "", by: Actor = ANN) -> Caller:
    return Caller(actor=by, command_id=command or uuid4().hex, request_hash=request)


def a_blob(blob_id: str, size: int = 5, known_as: str | None = None) -> UploadedBlob:
    return UploadedBlob(
        id=BlobId(blob_id),
        size_bytes=size,
        content_type="text/plain",
        content_hash="c0" * 32,
        layout="p23",
        sha256=(b"\x01" * 32,),
        known_as=BlobId(known_as) if known_as else None,
    )


@dataclass(slots=True)
class FakeWorld:
    """A store, a clock, and as many instances of the service as a test wants."""

    store: InMemoryMetadata = field(default_factory=InMemoryMetadata)
    clock: ManualClock = field(default_factory=ManualClock)
    tokens: CountingTokens = field(default_factory=CountingTokens)
    watch: RecordingWatch = field(default_factory=RecordingWatch)
    cache: InMemoryCache = field(default_factory=InMemoryCache)
    read_watch: RecordingReadWatch = field(default_factory=RecordingReadWatch)

    def __post_init__(self) -> None:
        self.cache.calls = self.store.calls

    wake_ups: RecordingWakeUps = field(default_factory=RecordingWakeUps)
    jobs: InMemoryJobs = field(default_factory=InMemoryJobs)
    job_watch: RecordingJobWatch = field(default_factory=RecordingJobWatch)

    def ports(self) -> Ports:
        return Ports(
            drives=self.store,
            ledger=self.store,
            folder_listing=InMemoryFolderListing(self.store),
            packed_listing=InMemoryPackedListing(self.store),
            trash_listing=InMemoryTrashListing(self.store),
            due_trash=InMemoryTrashListing(self.store),
            version_listing=InMemoryVersions(self.store),
            due_versions=InMemoryVersions(self.store),
            journal=InMemoryJournal(self.store),
            journal_upkeep=InMemoryJournal(self.store),
            blobs=self.store,
            blob_collection=InMemoryBlobCollection(self.store),
            blob_census=InMemoryBlobCensus(self.store),
            known_blobs=InMemoryKnownBlobs(self.store),
            wake_ups=self.wake_ups,
            jobs=self.jobs,
            due_jobs=self.jobs,
            caching=self.cache.caching(self.read_watch),
            clock=self.clock,
            pause=InstantPause(self.clock),
            sleep=endless,
            tokens=self.tokens,
            watch=self.watch,
            job_watch=self.job_watch,
        )

    def service(self, policy: Policy | None = None) -> Service:
        return Service(UseCases(self.ports(), policy or Policy(id_secret=b"secret")))

    def limited(self, *, quota_bytes: int) -> Service:
        """An instance whose new drives have so much room."""
        return self.service(Policy(id_secret=b"secret", default_quota_bytes=quota_bytes))

    def check_whole(self) -> None:
        check_whole(self.store)

    def root_names(self) -> list[str]:
        """Of Ann's drive, as they stand in the store."""
        return sorted(node.name for _, node in self.store.entries(NodeId(ANN.account_id)))

    async def until_death(self, dying: Service) -> None:
        """The instance works until the store lets it die, or until its jobs are done."""
        death = asyncio.create_task(self.store.faults.death.wait())
        settled = asyncio.create_task(dying.use.jobs.runner.settle())
        await asyncio.wait((death, settled), return_when=asyncio.FIRST_COMPLETED)
        death.cancel()

    async def take_over(self, other: Service) -> None:
        """Another instance finds what is left, once the lease has ended."""
        self.clock.pass_ms(LEASE_MS)
        await other.use.jobs.runner.look()
        await other.use.jobs.runner.settle()
