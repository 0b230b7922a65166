"""Who follows the journal has the tree, whatever happens to it meanwhile."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from chassis.errors import DomainError
from file_metadata_service.app.compact_journal import JournalLimits
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.ids import own_drive
from tests.fakes.metadata_service import ANN, FakeWorld, Service
from tests.mirror import ROOT, Mirror, Mirrored, ServiceSource, walked

DRIVE = own_drive(ANN.account_id)
ROUNDS = int(os.environ.get("STOWAGE_MIRROR_ROUNDS") or 8)
SMALL = Policy(id_secret=b"secret", journal=JournalLimits(entries=20, page=4, every=4))


class Writer:
    """Makes, moves, replaces, deletes and restores at random, and does not mind being refused.

    Ids come from its chance, too: a seed draws the same drive again.
    """

    def __init__(self, services: list[Service], chance: random.Random) -> None:
        self.services, self.chance = services, chance
        self.folders, self.nodes, self.trash = [ROOT], list[str](), list[str]()

    async def act(self) -> None:
        service, chance = self.chance.choice(self.services), self.chance
        deeds: list[Callable[[Service], Awaitable[None]]] = [self.make, self.make, self.upload, self.move]
        with suppress(DomainError):
            await chance.choice([*deeds, self.move, self.delete, self.restore])(service)

    async def make(self, service: Service) -> None:
        landed = await service.mkdir(self.name(), self.chance.choice(self.folders), command=self.fresh())
        self.folders.append(landed.result.id)
        self.nodes.append(landed.result.id)

    async def upload(self, service: Service) -> None:
        folder = self.chance.choice(self.folders)
        landed = await service.commit(self.name(), folder, blob=self.fresh(), rule=ConflictRule.REPLACE)
        self.nodes.append(landed.result.id)

    async def move(self, service: Service) -> None:
        if self.nodes:
            node, parent = self.chance.choice(self.nodes), self.chance.choice(self.folders)
            await service.update(node, self.name(), parent, command=self.fresh())

    async def delete(self, service: Service) -> None:
        if self.nodes:
            node = self.chance.choice(self.nodes)
            await service.trash(node, command=self.fresh())
            self.trash.append(node)

    async def restore(self, service: Service) -> None:
        if self.trash:
            node = self.trash.pop(self.chance.randrange(len(self.trash)))
            await service.restore(node, command=self.fresh())

    def name(self) -> str:
        return f"n{self.chance.randrange(12)}"

    def fresh(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"


async def settled(services: list[Service]) -> None:
    """What was deleted is counted in the background, which is an entry of the journal, too."""
    for service in services:
        await service.use.tree_jobs.count.settle()
        await service.use.jobs.runner.settle()


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_a_mirror_beside_writers_at_two_instances_ends_with_the_same_tree(seed: int) -> None:
    world, chance = FakeWorld(), random.Random(seed)
    services = [world.service(), world.service()]
    writer = Writer(services, chance)
    mirrors = [Mirror(ServiceSource(service, limit=chance.randrange(1, 5))) for service in services]

    async def write() -> None:
        for _ in range(60):
            await writer.act()

    async def follow(mirror: Mirror, writing: "asyncio.Future[list[None]]") -> None:
        while not writing.done():
            await mirror.step()

    writing = asyncio.gather(write(), write())
    await asyncio.gather(writing, *(follow(mirror, writing) for mirror in mirrors))
    await settled(services)
    for mirror in mirrors:
        await mirror.sync()

    expected = await walked(ServiceSource(services[0], limit=100))
    assert [mirror.tree() for mirror in mirrors] == [expected, expected]
    assert {mirror.began for mirror in mirrors} == {1}
    assert {mirror.seq for mirror in mirrors} == {world.store.heads[DRIVE].seq}


@pytest.mark.parametrize("seed", range(3))
async def test_a_mirror_that_is_too_slow_for_a_journal_that_is_kept_short_begins_anew(seed: int) -> None:
    world, chance = FakeWorld(), random.Random(seed)
    service = world.service(SMALL)
    writer, mirror = Writer([service], chance), Mirror(ServiceSource(service))
    for _ in range(40):
        await writer.act()
    await mirror.sync()
    for _ in range(200):
        await writer.act()
    await settled([service])
    await service.use.compactions.finish()
    await mirror.sync()

    assert mirror.tree() == await walked(ServiceSource(service, limit=100))
    assert mirror.began == 2


async def test_a_restored_drive_is_another_history_and_a_mirror_begins_anew() -> None:
    world = FakeWorld()
    service = world.service()
    mirror = Mirror(ServiceSource(service))
    kept, _ = await service.mkdir("kept"), await mirror.sync()
    backup, rows = world.store.heads[DRIVE], dict(world.store.rows)
    await service.mkdir("lost")
    await mirror.sync()

    world.store.rows = rows
    world.store.heads[DRIVE] = replace(backup, journal_id="renewed")
    del world.store.journal[DRIVE, backup.seq + 1]
    anew = world.service()
    mirror.source = ServiceSource(anew)
    await anew.mkdir("another")
    await mirror.sync()

    assert mirror.tree() == await walked(ServiceSource(anew))
    assert kept.result.id in mirror.tree()
    assert mirror.began == 2


@dataclass(frozen=True, slots=True)
class Interrupted(ServiceSource):
    """What happens while a folder is asked for, just before the answer."""

    meanwhile: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    async def children(self, folder_id: str) -> Sequence[Mirrored]:
        if folder_id in self.meanwhile:
            await self.meanwhile.pop(folder_id)()
        return await ServiceSource.children(self, folder_id)


@pytest.mark.parametrize("deep", [False, True])
async def test_what_was_in_the_trash_when_it_was_asked_for_is_found_where_it_comes_back(
    service: Service, deep: bool
) -> None:
    """The listing that shows it again is ahead of the change that tells of it."""
    top = (await service.mkdir("top")).result.id
    folder = (await service.mkdir("folder", top)).result.id if deep else top
    source = Interrupted(service, limit=1_000)
    mirror = Mirror(source)
    await mirror.sync()

    made = (await service.mkdir("made", folder)).result.id
    await service.commit("in it", made)
    other = (await service.mkdir("other")).result.id
    source.meanwhile[made] = lambda: service.trash(top)
    source.meanwhile[other] = lambda: service.restore(top, other)
    await mirror.sync()

    assert mirror.tree() == await walked(source)


async def test_what_goes_into_a_folder_that_is_gone_by_now_goes_with_it_and_comes_back_with_it() -> None:
    service = FakeWorld().service()
    source = ServiceSource(service)
    mirror = Mirror(source)
    file = (await service.commit("a")).result
    await mirror.sync()
    folder = (await service.mkdir("b")).result
    await service.update(file.id, parent=folder.id)
    await service.trash(folder.id)
    await mirror.sync()

    assert mirror.tree() == {}

    await service.restore(folder.id)
    await mirror.sync()

    assert mirror.tree().keys() == {file.id, folder.id}
    assert mirror.tree() == await walked(source)
