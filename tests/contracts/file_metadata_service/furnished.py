"""A drive with something of everything in it, who inspects it, and what can be reached there."""

from dataclasses import dataclass

from file_metadata_service.app.integrity.fsck import Fsck, FsckPorts
from file_metadata_service.app.integrity.inspector import Report
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import Key, trash_key
from tests.fakes.metadata_census import InMemoryCensus, InMemorySights
from tests.fakes.metadata_clock import CountingTokens, InstantPause
from tests.fakes.metadata_journal import InMemoryJournal
from tests.fakes.metadata_packing import ListedFile
from tests.fakes.metadata_service import ANN, FakeWorld, Service
from tests.fakes.metadata_vandal import Vandal, VandalInMemory

DRIVE = own_drive(ANN.account_id)


@dataclass(slots=True)
class Site:
    """A drive, its service, who spoils it and who inspects it."""

    service: Service
    vandal: Vandal
    ports: FsckPorts

    async def inspect(self, *, repairs: bool = False) -> list[Report]:
        steps = Fsck(self.ports, repairs=repairs).everything()
        return [report async for step in steps for report in step.reports]


def in_memory(world: FakeWorld) -> Site:
    ports = FsckPorts(
        drives=world.store,
        ledger=world.store,
        census=InMemoryCensus(world.store),
        sights=InMemorySights(world.store),
        journal=InMemoryJournal(world.store, rows_in_a_page=3),
        jobs=world.jobs,
        clock=world.clock,
        pause=InstantPause(world.clock),
        tokens=CountingTokens(),
    )
    return Site(world.service(), VandalInMemory(world.store, DRIVE), ports)


@dataclass(slots=True)
class Furnished:
    """A folder of its own, with things in it."""

    place: Site
    folder: Folder
    inner: Folder
    file: File
    twice: File
    trashed: TrashItem

    @property
    def vandal(self) -> Vandal:
        return self.place.vandal


async def furnish(place: Site, name: str) -> Furnished:
    it = place.service
    folder = (await it.mkdir(name)).result
    inner = (await it.mkdir("inner", folder.id)).result
    file = (await it.commit("a.txt", folder.id)).result
    await it.commit("b.txt", folder.id)
    twice = (await it.commit("b.txt", folder.id, rule=ConflictRule.REPLACE)).result
    gone = (await it.commit("gone", inner.id)).result
    return Furnished(place, folder, inner, file, twice, (await it.trash(gone.id)).result)


def in_trash(item: TrashItem) -> Key:
    return trash_key(DRIVE, item.trashed_at_ms, item.node.id)


async def everything(service: Service, folder: str = "root", path: str = "") -> set[tuple[str, int]]:
    """What can be reached: each file's place, whichever its name, and its size."""
    found = set[tuple[str, int]]()
    for node in (await service.page(folder, limit=1000)).items:
        if isinstance(node, ListedFile):
            found.add((node.id, node.size))
        else:
            found |= await everything(service, node.id)
    return found


def kinds(reports: list[Report]) -> set[DefectKind]:
    return {report.defect.kind for report in reports}


def world_of(place: Site) -> FakeWorld:
    assert isinstance(place.vandal, VandalInMemory)
    return FakeWorld(store=place.vandal.store)
