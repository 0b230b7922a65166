"""What fsck asks, answered from the other fakes; and damage that no step leaves behind."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from file_upload_service.app.integrity.fsck import Fsck, FsckPorts, Place, Step
from file_upload_service.app.integrity.strays import Care
from file_upload_service.domain.blob_record import BlobRecord, BlobState
from file_upload_service.domain.ids import BlobId, UploadId
from file_upload_service.ports.blob_census import LivePage
from file_upload_service.ports.inventory import InventoryPage, Sighting
from tests.fakes.upload_clock import START
from tests.fakes.upload_metadata import InMemoryMetadata
from tests.fakes.upload_object_store import InMemoryObjectStore
from tests.fakes.upload_repository import InMemoryUploadRepository
from tests.fakes.upload_world import World

A_PAGE = 2
LONG_AGO = START - timedelta(days=1_000)


@dataclass
class InMemoryInventory:
    """The port Inventory, in pages of two. `since`: what did not come long ago."""

    store: InMemoryObjectStore
    since: dict[str, datetime] = field(default_factory=dict)

    async def objects(self, *, prefix: str, after: str | None) -> InventoryPage:
        return self._page(set(self.store.objects), prefix, after)

    async def multiparts(self, *, prefix: str, after: str | None) -> InventoryPage:
        return self._page({held.key for held in self.store.multiparts.values()}, prefix, after)

    def _page(self, keys: set[str], prefix: str, after: str | None) -> InventoryPage:
        behind = sorted(key for key in keys if key.startswith(prefix) and key > (after or ""))
        page = tuple(Sighting(key, self.since.get(key, LONG_AGO)) for key in behind[:A_PAGE])
        return InventoryPage(page, page[-1].key if len(behind) > A_PAGE else None)


@dataclass
class InMemoryBlobCensus:
    """The port BlobCensus, in pages of two. `ended`, `condemned`: beside what the metadata service has decided."""

    metadata: InMemoryMetadata
    ended: set[BlobId] = field(default_factory=set)
    condemned: set[BlobId] = field(default_factory=set)

    async def look_up(self, blob_ids: Sequence[BlobId]) -> list[BlobRecord]:
        records = self._records()
        return [records.get(blob_id, BlobRecord(blob_id, BlobState.UNKNOWN)) for blob_id in blob_ids]

    async def live(self, cursor: str | None) -> LivePage:
        live = [it for it in self._records().values() if it.state is BlobState.LIVE]
        behind = sorted((it for it in live if it.id > (cursor or "")), key=lambda it: it.id)
        return LivePage(tuple(behind[:A_PAGE]), behind[A_PAGE - 1].id if len(behind) > A_PAGE else None)

    async def abandon(self, blob_id: BlobId) -> bool:
        if blob_id in self.metadata.committed:
            return False
        self.metadata.abandoned.add(blob_id)
        return True

    def _records(self) -> dict[BlobId, BlobRecord]:
        records = {
            file.blob_id: BlobRecord(
                file.blob_id, BlobState.LIVE, file.bytes_.plan.size_bytes, file.bytes_.content_hash
            )
            for file in self.metadata.files.values()
        }
        for blob_id in self.condemned:
            records[blob_id] = BlobRecord(blob_id, BlobState.CONDEMNED)
        for blob_id in self.ended | self.metadata.abandoned | self.metadata.aliases:
            records[blob_id] = BlobRecord(blob_id, BlobState.ENDED)
        return records


@dataclass
class InMemoryUploadPresence:
    uploads: InMemoryUploadRepository

    async def present(self, upload_ids: Collection[UploadId]) -> set[UploadId]:
        return {upload_id for _, upload_id in self.uploads.uploads if upload_id in upload_ids}


class Integrity:
    """fsck over a world's fakes. `between_looks` happens whenever it waits for its second look."""

    def __init__(self, world: World) -> None:
        self.inventory = InMemoryInventory(world.store)
        self.census = InMemoryBlobCensus(world.metadata)
        self.between_looks: Callable[[], Awaitable[None]] | None = None
        self.second_looks = 0
        self._world = world

    def now(self) -> datetime:
        return self._world.clock.now()

    async def sleep(self, seconds: float) -> None:
        self.second_looks += 1
        if self.between_looks is not None:
            await self.between_looks()

    def fsck(
        self,
        *,
        repairs: bool = False,
        deletes_unknown: bool = False,
        grace: timedelta = timedelta(days=37),
    ) -> Fsck:
        ports = FsckPorts(
            census=self.census,
            uploads=InMemoryUploadPresence(self._world.uploads),
            inventory=self.inventory,
            store=self._world.store,
            clock=self,
        )
        return Fsck(ports, Care(grace=grace, repairs=repairs, deletes_unknown=deletes_unknown))

    async def run(
        self, *, repairs: bool = False, deletes_unknown: bool = False, grace: timedelta = timedelta(days=37)
    ) -> list[tuple[str, str, str]]:
        """Kind, subject and outcome of each finding."""
        fsck = self.fsck(repairs=repairs, deletes_unknown=deletes_unknown, grace=grace)
        steps = [step async for step in fsck.everything()]
        return [(it.kind, it.subject, it.outcome) for step in steps for it in step.findings]


async def steps_of(fsck: Fsck, place: Place | None = None) -> list[Step]:
    return [step async for step in fsck.everything(place)]
