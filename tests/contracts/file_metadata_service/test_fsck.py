"""Each thing that can be wrong is found, put right without losing anything, and then all is well.

In memory one by one; on DynamoDB all of them in one drive.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chassis.errors import DomainError
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.integrity.fsck import Fsck, FsckPorts
from file_metadata_service.app.integrity.inspector import Outcome, Report
from file_metadata_service.app.integrity.scene import own_key, place_of
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.bootstrap import fsck_ports
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import BlobId, own_drive
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import Key, blob_key, trash_key
from tests.fakes.metadata_census import InMemoryCensus, InMemorySights
from tests.fakes.metadata_clock import CountingTokens, InstantPause
from tests.fakes.metadata_journal import InMemoryJournal
from tests.fakes.metadata_packing import ListedFile
from tests.fakes.metadata_service import ANN, FakeWorld, Service, caller
from tests.fakes.metadata_vandal import Vandal, VandalInDynamoDB, VandalInMemory
from tests.integration.file_metadata_service.real_world import RealWorld
from tests.unit.file_metadata_service.test_copies import a_tree, copying

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


async def lose_entry(it: Furnished) -> None:
    await it.vandal.drop(place_of(it.file))


async def lose_entry_of_folder(it: Furnished) -> None:
    await it.vandal.drop(place_of(it.inner))


async def age_entry(it: Furnished) -> None:
    await it.vandal.put(place_of(it.twice), replace(it.twice, revision=1, seq=it.twice.seq - 1))


async def orphan_entry(it: Furnished) -> None:
    await it.vandal.drop(own_key(it.file))


async def double_entry(it: Furnished) -> None:
    await it.vandal.put(place_of(replace(it.file, name="again")), replace(it.file, name="again"))


async def keep_entry_of_trashed(it: Furnished) -> None:
    was = replace(it.trashed.node, trashed_at_ms=None)
    await it.vandal.put(place_of(was), was)


async def share_name(it: Furnished) -> None:
    """Two nodes that both say they have the name."""
    await it.vandal.drop(place_of(it.file))
    await it.vandal.put(own_key(it.file), replace(it.file, name="b.txt"))


async def make_twin(it: Furnished) -> None:
    """A folder of the name that a file has."""
    folder = replace(it.inner, name="a.txt")
    await it.vandal.drop(place_of(it.inner))
    await it.vandal.put(own_key(folder), folder)
    await it.vandal.put(place_of(folder), folder)


async def lose_parent(it: Furnished) -> None:
    await it.vandal.drop(own_key(it.folder))
    await it.vandal.drop(place_of(it.folder))


async def misfile_entry(it: Furnished) -> None:
    await it.vandal.misfile(place_of(it.file))


async def misfile_trash(it: Furnished) -> None:
    await it.vandal.misfile(in_trash(it.trashed))


async def misfile_blob(it: Furnished) -> None:
    await it.vandal.misfile(blob_key(it.file.current.blob_id))


async def close_circle(it: Furnished) -> None:
    """As two moves at once might, if nothing proved them."""
    folder = replace(it.folder, parent_id=it.inner.id)
    await it.vandal.drop(place_of(it.folder))
    await it.vandal.put(own_key(folder), folder)
    await it.vandal.put(place_of(folder), folder)


async def lose_trash(it: Furnished) -> None:
    await it.vandal.drop(in_trash(it.trashed))


async def spoil_trash(it: Furnished) -> None:
    item = replace(it.trashed, node=replace(it.trashed.node, name="other"))
    await it.vandal.put(in_trash(it.trashed), item)


async def keep_trash_of_living(it: Furnished) -> None:
    item = TrashItem(node=it.file, original_path="/", trashed_at_ms=7, expires_at_ms=8)
    await it.vandal.put(trash_key(DRIVE, 7, it.file.id), item)


async def lose_trashed_node(it: Furnished) -> None:
    await it.vandal.drop(own_key(it.trashed.node))


async def miscount_references(it: Furnished) -> None:
    blob = a_live_blob(it.file)
    await it.vandal.put(blob_key(blob.id), replace(blob, references=4))


def a_live_blob(file: File) -> Blob:
    return Blob(
        id=file.current.blob_id,
        drive_id=DRIVE,
        state=BlobState.LIVE,
        decided_at_ms=1,
        references=1,
        size_bytes=file.current.size_bytes,
        content_hash=file.current.content_hash,
        layout=file.current.layout,
        committed=file,
        seq=file.seq,
    )


async def mark_as_unreferenced(it: Furnished) -> None:
    """The collector would ask for it."""
    blob = a_live_blob(it.twice)
    await it.vandal.put(blob_key(blob.id), replace(blob, references=0, zero_since_ms=5))


async def miscount_usage(it: Furnished) -> None:
    await it.vandal.head(bytes_used=99_999, file_count=1, versions_bytes=7)


async def miscount_trash(it: Furnished) -> None:
    await it.vandal.head(trash_bytes=77, trash_uncounted=3)


async def lose_journal(it: Furnished) -> None:
    await it.vandal.drop_journal(it.inner.seq)
    await it.vandal.drop_journal(it.inner.seq + 1)


Damage = Callable[[Furnished], Awaitable[None]]
REPAIRABLE: dict[Damage, DefectKind] = {
    lose_entry: DefectKind.ENTRY_MISSING,
    lose_entry_of_folder: DefectKind.ENTRY_MISSING,
    age_entry: DefectKind.ENTRY_STALE,
    orphan_entry: DefectKind.ENTRY_ALONE,
    double_entry: DefectKind.ENTRY_SURPLUS,
    keep_entry_of_trashed: DefectKind.ENTRY_SURPLUS,
    share_name: DefectKind.NAME_SHARED,
    make_twin: DefectKind.NAME_SHARED,
    lose_parent: DefectKind.PARENT_MISSING,
    misfile_entry: DefectKind.KEYS_MISFILED,
    misfile_trash: DefectKind.KEYS_MISFILED,
    misfile_blob: DefectKind.KEYS_MISFILED,
    close_circle: DefectKind.FOLDERS_IN_CIRCLE,
    lose_trash: DefectKind.TRASH_MISSING,
    spoil_trash: DefectKind.TRASH_STALE,
    keep_trash_of_living: DefectKind.TRASH_SURPLUS,
    lose_trashed_node: DefectKind.TRASH_ALONE,
    miscount_references: DefectKind.REFERENCES_WRONG,
    mark_as_unreferenced: DefectKind.REFERENCES_WRONG,
    lose_journal: DefectKind.JOURNAL_GAP,
    miscount_trash: DefectKind.TRASH_MISCOUNTED,
    miscount_usage: DefectKind.USAGE_WRONG,
}


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


@pytest.mark.parametrize("damage", REPAIRABLE, ids=lambda damage: damage.__name__)
async def test_what_is_wrong_is_found_repaired_told_by_the_journal_and_then_well(damage: Damage) -> None:
    place = in_memory(FakeWorld())
    it = await furnish(place, "docs")
    before = await everything(place.service)
    assert await place.inspect() == []

    await damage(it)
    head = await place.ports.drives.get(DRIVE)
    found = await place.inspect()
    assert head == await place.ports.drives.get(DRIVE)
    repaired = await place.inspect(repairs=True)

    assert kinds(found) >= {REPAIRABLE[damage]}
    assert {report.outcome for report in found} == {Outcome.FOUND}
    assert {report.outcome for report in repaired} == {Outcome.REPAIRED}
    assert await place.inspect(repairs=True) == []
    # A fresh instance, as the damage was done behind the back of the other's memory.
    place.service = FakeWorld.service(world_of(place))
    assert await everything(place.service) == before
    restored = await place.service.restore(it.trashed.node.id)
    assert restored.result.name == it.trashed.node.name
    await place.service.mkdir("goes on")


def world_of(place: Site) -> FakeWorld:
    assert isinstance(place.vandal, VandalInMemory)
    return FakeWorld(store=place.vandal.store)


async def test_a_drive_with_everything_wrong_is_put_right_on_dynamodb(world: RealWorld) -> None:
    service = world.service()
    place = Site(service, VandalInDynamoDB(world.tables, DRIVE), fsck_ports(world.db, world.table_prefix))
    furnished = await asyncio.gather(*(furnish(place, damage.__name__) for damage in REPAIRABLE))
    for damage, it in zip(REPAIRABLE, furnished, strict=True):
        await damage(it)

    repaired = await place.inspect(repairs=True)
    assert kinds(repaired) == set(REPAIRABLE.values())
    assert {report.outcome for report in repaired} == {Outcome.REPAIRED}
    assert await place.inspect(repairs=True) == []
    fresh = world.service()
    assert len(await everything(fresh)) == 2 * len(REPAIRABLE)
    await fresh.mkdir("goes on")


async def no_journal_yet(it: Furnished) -> None:
    """An entry that is newer than its node: which of them is the truth?"""
    await it.vandal.put(place_of(it.file), replace(it.file, revision=2, seq=it.file.seq + 1))


async def lose_blob(it: Furnished) -> None:
    await it.vandal.drop(blob_key(it.file.current.blob_id))


async def abandon_blob(it: Furnished) -> None:
    blob = Blob(id=it.file.current.blob_id, drive_id=DRIVE, state=BlobState.ABANDONED, decided_at_ms=1)
    await it.vandal.put(blob_key(blob.id), blob)


async def run_ahead(it: Furnished) -> None:
    file = replace(it.file, seq=1_000)
    await it.vandal.put(own_key(file), file)
    await it.vandal.put(place_of(file), file)


async def lie_below_a_file(it: Furnished) -> None:
    folder = replace(it.inner, parent_id=it.file.id)
    await it.vandal.drop(place_of(it.inner))
    await it.vandal.put(own_key(folder), folder)
    await it.vandal.put(place_of(folder), folder)


async def use_more_than_may_be(it: Furnished) -> None:
    await it.vandal.head(bytes_used=1, quota_bytes=3)


HUMAN: dict[Damage, DefectKind] = {
    no_journal_yet: DefectKind.ENTRY_NEWER,
    lose_blob: DefectKind.BLOB_MISSING,
    abandon_blob: DefectKind.BLOB_NOT_LIVE,
    run_ahead: DefectKind.SEQ_AHEAD,
    lie_below_a_file: DefectKind.PARENT_MISSING,
    use_more_than_may_be: DefectKind.USAGE_WRONG,
}


@pytest.mark.parametrize("damage", HUMAN, ids=lambda damage: damage.__name__)
async def test_what_needs_a_human_is_said_and_left(damage: Damage) -> None:
    place = in_memory(FakeWorld())
    await damage(await furnish(place, "docs"))
    head = await place.ports.drives.get(DRIVE)
    first = await place.inspect(repairs=True)
    assert (kinds(first), {it.outcome for it in first}) == ({HUMAN[damage]}, {Outcome.FOR_A_HUMAN})
    assert await place.inspect(repairs=True) == first
    assert head == await place.ports.drives.get(DRIVE)


async def test_bytes_that_only_an_entry_names_are_not_dropped_with_it() -> None:
    place = in_memory(FakeWorld())
    it = await furnish(place, "docs")
    content = replace(it.file.current, number=2, blob_id=BlobId("only here"))
    knows_more = replace(it.file, name="again", current=content)
    await place.vandal.put(place_of(knows_more), knows_more)
    (report,) = await place.inspect(repairs=True)
    assert (report.defect.kind, report.outcome) == (DefectKind.ENTRY_SURPLUS, Outcome.FOR_A_HUMAN)


@pytest.mark.parametrize("faults", [["conflict"], ["lost"], ["applied"], ["lost", "conflict", "applied"]])
@pytest.mark.parametrize("damage", [lose_entry, miscount_usage, miscount_references])
@pytest.mark.parametrize("forgotten", [False, True])
async def test_a_repair_whose_answer_is_lost_is_made_once_and_reported(
    damage: Damage, faults: list[str | None], forgotten: bool
) -> None:
    world = FakeWorld()
    world.store.faults.tokens_forgotten = forgotten
    place = in_memory(world)
    await damage(await furnish(place, "docs"))
    head = world.store.heads[DRIVE]
    world.store.faults.writes = list(faults)
    reports = await place.inspect(repairs=True)
    assert [(it.defect.kind, it.outcome) for it in reports] == [(REPAIRABLE[damage], Outcome.REPAIRED)]
    assert world.store.heads[DRIVE].seq == head.seq + 1
    assert await place.inspect() == []


async def test_it_goes_on_where_it_was_stopped() -> None:
    """From every place that was said, the rest is found, and nothing of what was there before it."""
    place = in_memory(FakeWorld())
    it = await furnish(place, "docs")
    await lose_entry(it)
    await lose_trash(it)
    await miscount_usage(it)
    steps = [step async for step in Fsck(place.ports, repairs=False).everything()]
    assert len(steps) > 8
    for number, step in enumerate(steps[:-1]):
        assert step.place is not None
        rest = [it async for it in Fsck(place.ports, repairs=False).everything(step.place)]
        assert rest == steps[number + 1 :]
    assert steps[-1].place is None


async def test_every_drive_is_looked_at_and_each_can_be_gone_on_from() -> None:
    world = FakeWorld()
    place = in_memory(world)
    for number in range(8):
        await world.service().use.get_drive(replace(ANN, account_id=f"{number}"))  # type: ignore[arg-type]  # short
    steps = [step async for step in Fsck(place.ports, repairs=False).everything()]
    assert list(dict.fromkeys(step.drive_id for step in steps)) == [str(number) for number in range(8)]
    rest = [step async for step in Fsck(place.ports, repairs=False).everything(steps[20].place)]
    assert rest == steps[21:]


@pytest.fixture(params=["memory", "dynamodb"])
def live(request: pytest.FixtureRequest) -> tuple[list[Service], Site]:
    """Three instances of the service, and an inspection beside them."""
    if request.param == "memory":
        world = FakeWorld()
        return [world.service() for _ in range(3)], in_memory(world)
    real: RealWorld = request.getfixturevalue("world")
    services = [real.service() for _ in range(3)]
    ports = fsck_ports(real.db, real.table_prefix)
    return services, Site(services[0], VandalInDynamoDB(real.tables, DRIVE), ports)


async def scramble(services: list[Service], chance: random.Random, enough: asyncio.Event) -> None:
    """Makes, moves, replaces, trashes and restores, by whichever instance, until it is enough."""
    ids = ["root"]
    while not enough.is_set():
        it, node_id, parent = chance.choice(services), chance.choice(ids), chance.choice(ids)
        name = chance.choice("abcdef")
        works: list[Callable[[], Awaitable[Landed[Any]]]] = [
            lambda it=it, name=name, parent=parent: it.mkdir(name, parent, rule=ConflictRule.RENAME),
            lambda it=it, name=name, parent=parent: it.commit(name, parent, rule=ConflictRule.REPLACE),
            lambda it=it, name=name, parent=parent, at=node_id: it.update(at, name, parent),
            lambda it=it, at=node_id: it.trash(at),
            lambda it=it, at=node_id: it.restore(at, rule=ConflictRule.RENAME),
        ]
        with suppress(DomainError):
            landed = await chance.choice(works)()
            if not isinstance(landed.result, TrashItem) and landed.result.id not in ids:
                ids.append(landed.result.id)


async def test_a_drive_that_is_written_meanwhile_gives_no_false_alarm(
    live: tuple[list[Service], Site],
) -> None:
    services, place = live
    enough = asyncio.Event()
    await furnish(place, "docs")
    crowd = [asyncio.create_task(scramble(services, random.Random(seed), enough)) for seed in range(3)]
    for _ in range(2):
        before = await services[0].use.get_drive(ANN)
        assert await place.inspect(repairs=True) == []
        assert (await services[0].use.get_drive(ANN)).seq > before.seq
    enough.set()
    await asyncio.gather(*crowd)
    assert await place.inspect() == []


async def test_what_is_wrong_is_found_and_repaired_while_the_drive_is_written(
    live: tuple[list[Service], Site],
) -> None:
    services, place = live
    enough = asyncio.Event()
    it = await furnish(place, "docs")
    await lose_entry(it)
    await miscount_references(it)
    await place.vandal.head(bytes_used=10_000)
    # By instances that read the head as it is now: whoever remembers it from before writes the right count again.
    crowd = [asyncio.create_task(scramble(services[1:], random.Random(seed), enough)) for seed in range(2)]
    found = await place.inspect(repairs=True)
    enough.set()
    await asyncio.gather(*crowd)
    wrong = {DefectKind.ENTRY_MISSING, DefectKind.REFERENCES_WRONG, DefectKind.USAGE_WRONG}
    assert (kinds(found), {report.outcome for report in found}) == (wrong, {Outcome.REPAIRED})
    assert await place.inspect() == []


async def test_what_jobs_have_in_their_hands_is_no_finding() -> None:
    """A copy in the making, a removal, and a count, at every stage of which an inspection begins."""
    world = FakeWorld()
    service, place = world.service(), in_memory(world)
    gone = await a_tree(service, files=40)
    await service.trash(gone)
    top = await a_tree(service, files=40)
    await copying(service, top, name="copy")
    await service.use.tree_jobs.delete(caller("delete"), gone)

    async def inspect_after(turns: int) -> list[Report]:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await place.inspect(repairs=True)

    inspections = [inspect_after(turns) for turns in range(0, 3_000, 400)]
    *found, _ = await asyncio.gather(*inspections, service.use.jobs.runner.settle())
    assert found == [[]] * len(inspections)
    await service.use.tree_jobs.count.settle()
    assert await place.inspect() == []
    world.check_whole()
