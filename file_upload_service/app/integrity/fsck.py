"""Holds storage against the tables, both ways, page by page; each step says where to go on after it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from enum import StrEnum

from file_upload_service.app.integrity.stored_bytes import StoredBytes
from file_upload_service.app.integrity.strays import Care, Judgement, Strays
from file_upload_service.domain.defects import Finding
from file_upload_service.domain.ids import BLOBS_PREFIX
from file_upload_service.domain.tail import TAILS_PREFIX
from file_upload_service.ports.blob_census import BlobCensus
from file_upload_service.ports.clock import Clock
from file_upload_service.ports.inventory import Inventory
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.upload_presence import UploadPresence


class Stage(StrEnum):
    OBJECTS = "objects"
    MULTIPARTS = "multiparts"
    TAILS = "tails"
    BLOBS = "blobs"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: at a stage, behind a key or cursor of it."""

    stage: Stage = Stage.OBJECTS
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One page that was looked at. `young`: how many nobody owns, which came too late to be judged. `place`: the page
    after it, or None."""

    stage: Stage
    looked_at: int
    findings: tuple[Finding, ...]
    young: int
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FsckPorts:
    census: BlobCensus
    uploads: UploadPresence
    inventory: Inventory
    store: ObjectStore
    clock: Clock


class Fsck:
    """Keeps one page in memory, whatever there is."""

    def __init__(self, ports: FsckPorts, care: Care) -> None:
        self._ports = ports
        self._strays = Strays(
            census=ports.census,
            uploads=ports.uploads,
            inventory=ports.inventory,
            store=ports.store,
            clock=ports.clock,
            care=care,
        )
        self._bytes = StoredBytes(census=ports.census, store=ports.store, clock=ports.clock)

    async def everything(self, place: Place | None = None) -> AsyncIterator[Step]:
        """From the beginning, or from that place on. Raises Unavailable."""
        following: Place | None = place or Place()
        while following is not None:
            step = await self._step(following)
            yield step
            following = step.place

    async def _step(self, place: Place) -> Step:
        looked_at, judged, start = await self._page(place)
        after: Place | None = replace(place, start=start)
        if start is None:
            stages = list(Stage)[list(Stage).index(place.stage) + 1 :]
            after = Place(stages[0]) if stages else None
        return Step(place.stage, looked_at, judged.findings, judged.young, after)

    async def _page(self, place: Place) -> tuple[int, Judgement, str | None]:
        inventory, start = self._ports.inventory, place.start
        match place.stage:
            case Stage.OBJECTS:
                page = await inventory.objects(prefix=BLOBS_PREFIX, after=start)
                return len(page.items), await self._strays.objects(page.items), page.next_key
            case Stage.MULTIPARTS:
                page = await inventory.multiparts(prefix=BLOBS_PREFIX, after=start)
                return len(page.items), await self._strays.multiparts(page.items), page.next_key
            case Stage.TAILS:
                page = await inventory.objects(prefix=TAILS_PREFIX, after=start)
                return len(page.items), await self._strays.tails(page.items), page.next_key
            case Stage.BLOBS:
                live = await self._ports.census.live(start)
                findings = await self._bytes.check(live.blobs)
                return len(live.blobs), Judgement(findings), live.next_cursor
