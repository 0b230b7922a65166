"""What happened to a drive, as who follows it is told."""

import pytest

from chassis.errors import InvalidArgument
from file_metadata_service.app.compact_journal import DAY_MS, CompactJournal, JournalLimits
from file_metadata_service.app.cursors import Cursors
from file_metadata_service.app.list_changes import ChangePage
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.errors import CursorInvalid, CursorReset
from file_metadata_service.domain.ids import Actor, own_drive
from tests.fakes.metadata_service import ANN, BEN, FakeWorld, Service

DRIVE = own_drive(ANN.account_id)


async def behind(service: Service, cursor: str, *, limit: int = 0, by: Actor = ANN) -> ChangePage:
    return await service.use.list_changes(by, cursor=cursor, limit=limit)


def seqs(page: ChangePage) -> list[int]:
    return [entry.seq for entry, _ in page.entries]


async def test_from_now_there_is_a_cursor_and_nothing_else(service: Service) -> None:
    landed = await service.mkdir("a")

    page = await behind(service, "")

    assert (page.entries, page.more, page.position) == ((), False, landed.position)
    assert await behind(service, page.next_cursor) == page


async def test_what_happens_later_is_told_in_order_with_who_did_it(service: Service) -> None:
    cursor = (await behind(service, "")).next_cursor
    folder = (await service.mkdir("a")).result
    file = (await service.commit("b", folder.id)).result
    trashed = await service.trash(file.id)

    page = await behind(service, cursor)

    assert seqs(page) == [1, 2, 3]
    told = [(change.node, change.actor) for entry, _ in page.entries for change in entry.changes]
    assert told == [(folder, ANN), (file, ANN), (trashed.result.node, ANN)]
    assert not page.more
    assert page.position == trashed.position


async def test_every_entry_has_a_cursor_to_go_on_from(service: Service) -> None:
    cursor = (await behind(service, "")).next_cursor
    for name in "abcde":
        await service.mkdir(name)

    first = await behind(service, cursor, limit=2)
    rest = await behind(service, first.next_cursor)

    assert (seqs(first), first.more) == ([1, 2], True)
    assert (seqs(rest), rest.more) == ([3, 4, 5], False)
    assert seqs(await behind(service, first.entries[0][1])) == [2, 3, 4, 5]
    assert rest.entries[-1][1] == rest.next_cursor


@pytest.mark.parametrize("cursor", ["x", "Zm9v", "é", "A" * 9_000])
async def test_a_cursor_that_nobody_gave_is_refused(service: Service, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        await behind(service, cursor)


async def test_another_persons_cursor_and_another_listings_are_refused_alike(service: Service) -> None:
    bens = (await behind(service, "", by=BEN)).next_cursor
    listing = Cursors(b"secret").give("trash", f"{DRIVE}.j.0")

    for cursor in (bens, listing):
        with pytest.raises(CursorInvalid, match="begin without one"):
            await behind(service, cursor)


async def test_a_limit_out_of_bounds_is_refused(service: Service) -> None:
    for limit in (-1, 1001):
        with pytest.raises(InvalidArgument):
            await behind(service, "", limit=limit)


@pytest.mark.parametrize("place", ["other.1", "{journal}.2", "{journal}.-1"])
async def test_another_history_and_places_beyond_the_head_are_reset(
    world: FakeWorld, service: Service, place: str
) -> None:
    landed = await service.mkdir("a")
    at = place.format(journal=landed.position.journal_id)
    cursor = Cursors(b"secret").give("changes", f"{DRIVE}.{at}")

    with pytest.raises(CursorReset):
        await behind(service, cursor)


async def test_who_stands_below_the_floor_is_reset_and_who_stands_on_it_is_not(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"secret", journal=JournalLimits(entries=3, page=2, every=100)))
    cursors = [(await behind(service, "")).next_cursor]
    for number in range(6):
        await service.mkdir(str(number))
        cursors.append((await behind(service, "")).next_cursor)

    assert await service.use.compactions.compact(DRIVE) == 2

    assert world.store.heads[DRIVE].journal_floor == 2
    assert sorted(seq for _, seq in world.store.journal) == [3, 4, 5, 6]
    for cursor in cursors[:2]:
        with pytest.raises(CursorReset):
            await behind(service, cursor)
    assert seqs(await behind(service, cursors[2])) == [3, 4, 5, 6]


async def test_a_reader_that_is_overtaken_by_compaction_between_head_and_journal_is_reset(
    world: FakeWorld,
) -> None:
    service = world.service(Policy(id_secret=b"secret", journal=JournalLimits(entries=1, page=2, every=100)))
    cursor = (await behind(service, "")).next_cursor
    for name in "abcd":
        await service.mkdir(name)
    world.store.faults.meanwhile["head"] = service.use.compactions.compact(DRIVE)

    with pytest.raises(CursorReset):
        await behind(service, cursor)


async def test_old_entries_go_and_younger_ones_stay(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"secret", journal=JournalLimits(page=2)))
    for name in "abcde":
        await service.mkdir(name)
        world.clock.pass_ms(10 * DAY_MS)

    await service.use.compactions.compact(DRIVE)

    assert sorted(seq for _, seq in world.store.journal) == [3, 4, 5]


async def test_what_a_crash_left_below_the_floor_goes_the_next_time(world: FakeWorld) -> None:
    limits = JournalLimits(entries=2, page=2)
    service = world.service(Policy(id_secret=b"secret", journal=limits))
    for number in range(6):
        await service.mkdir(str(number))
    head = world.store.heads[DRIVE]
    compact: CompactJournal = service.use.compactions.compact
    assert await compact.upkeep.raise_floor(head, 4)

    await compact(DRIVE)

    assert sorted(seq for _, seq in world.store.journal) == [5, 6]
    assert world.store.heads[DRIVE].journal_floor == 4


async def test_two_that_compact_at_once_raise_the_floor_once(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"secret", journal=JournalLimits(entries=2, page=2)))
    for number in range(6):
        await service.mkdir(str(number))
    head = world.store.heads[DRIVE]
    upkeep = service.use.compactions.compact.upkeep

    assert [await upkeep.raise_floor(head, 2), await upkeep.raise_floor(head, 4)] == [True, False]
    assert world.store.heads[DRIVE].journal_floor == 2


async def test_a_drive_that_is_written_to_looks_after_its_journal_by_itself(world: FakeWorld) -> None:
    limits = JournalLimits(entries=10, page=4, every=4)
    services = [world.service(Policy(id_secret=b"secret", journal=limits)) for _ in range(2)]
    for number in range(80):
        await services[number % 2].mkdir(str(number))
        for service in services:
            await service.use.compactions.finish()

    assert len(world.store.journal) <= 10 + 4 + 4
    assert await services[0].names() == sorted(map(str, range(80)), key=int)


async def test_a_store_that_is_away_stops_no_compaction_for_ever(world: FakeWorld) -> None:
    limits = JournalLimits(entries=1, page=1, pages=8, every=2)
    service = world.service(Policy(id_secret=b"secret", journal=limits))
    await service.mkdir("a")
    await service.mkdir("b")
    world.store.faults.reads = ["unavailable"]
    await service.use.compactions.finish()
    for name in "cd":
        await service.mkdir(name)
    await service.use.compactions.finish()

    assert sorted(seq for _, seq in world.store.journal) == [4]
