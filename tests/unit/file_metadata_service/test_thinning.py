"""Files stay bounded: past versions go when their time has come, and when there are too many."""

import asyncio

import pytest

from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.ids import DriveId, own_drive
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.retention import DAY_MS, HOUR_MS, Retention
from file_metadata_service.domain.versions import PastVersion
from tests.fakes.metadata_service import ANN, FakeWorld, Service

DRIVE: DriveId = own_drive(ANN.account_id)
FEW = Policy(id_secret=b"s", retention=Retention(max_versions=5, days=30))


async def replaced(world: FakeWorld, service: Service, times: int, *, every_ms: int, name: str = "a") -> File:
    file = (await service.commit(name, size=1, rule=ConflictRule.REPLACE)).result
    for _ in range(times):
        world.clock.pass_ms(every_ms)
        file = (await service.commit(name, size=1, rule=ConflictRule.REPLACE)).result
    return file


async def sweep(service: Service) -> None:
    """Until nothing is due: a sweeper that finds the same again would go on for ever."""
    [duty] = [duty for duty in service.use.duties if duty.name == "retention"]
    for _ in range(10):
        if not await duty():
            return
    raise AssertionError


def rows_of(world: FakeWorld) -> list[PastVersion]:
    return [row for row in world.store.rows.values() if isinstance(row, PastVersion)]


async def check_counts(world: FakeWorld, service: Service, file: File) -> None:
    """What the drive and the file say is what there is; every blob without a version says so."""
    past = rows_of(world)
    drive = await service.use.get_drive(ANN)
    assert (drive.versions_bytes, drive.bytes_used) == (len(past), len(past) + 1)
    now = (await service.get(file.id)).node
    assert isinstance(now, File)
    assert now.unkept_versions == sum(not it.version.kept for it in past)


async def test_a_busy_file_does_not_grow_beyond_the_cap(world: FakeWorld) -> None:
    service = world.service(FEW)
    most = 0
    for _ in range(12):
        file = await replaced(world, service, 3, every_ms=1_000)
        most = max(most, len(rows_of(world)))
    assert most <= 5
    assert (await service.numbers(file.id))[:2] == [48, 47]
    await check_counts(world, service, file)


async def test_what_came_all_at_once_is_bounded_soon(world: FakeWorld) -> None:
    services = [world.service(FEW), world.service(FEW)]
    await services[0].commit("a", size=1)
    await asyncio.gather(*(services[n % 2].commit("a", size=1, rule=ConflictRule.REPLACE) for n in range(60)))
    file = await replaced(world, services[0], 2, every_ms=1_000)
    assert len(rows_of(world)) <= 5
    await check_counts(world, services[1], file)


async def test_kept_versions_are_neither_counted_nor_dropped(world: FakeWorld) -> None:
    service = world.service(FEW)
    file = await replaced(world, service, 4, every_ms=1_000)
    for number in (1, 2, 3, 4):
        await service.keep(file.id, number)
    await replaced(world, service, 20, every_ms=1_000)
    numbers = await service.numbers(file.id)
    assert numbers[-4:] == [4, 3, 2, 1]
    assert 4 + 2 <= len(numbers) <= 4 + 5 + 1
    world.clock.pass_ms(40 * DAY_MS)
    await sweep(service)
    assert await service.numbers(file.id) == [numbers[0], 4, 3, 2, 1]
    await check_counts(world, service, file)


async def test_what_is_kept_no_more_goes_with_the_next_sweep(world: FakeWorld, service: Service) -> None:
    file = await replaced(world, service, 2, every_ms=1_000)
    await service.keep(file.id, 1)
    world.clock.pass_ms(40 * DAY_MS)
    await sweep(service)
    assert await service.numbers(file.id) == [3, 1]
    await service.keep(file.id, 1, keep=False)
    await sweep(service)
    assert await service.numbers(file.id) == [3]


async def test_the_sweep_thins_towards_the_past(world: FakeWorld, service: Service) -> None:
    file = await replaced(world, service, 18, every_ms=HOUR_MS // 6)
    lengths = list[int]()
    for passing in (0, HOUR_MS, DAY_MS, 29 * DAY_MS):
        world.clock.pass_ms(passing)
        await sweep(service)
        lengths.append(len(rows_of(world)))
    assert lengths == [8, 3, 1, 0]
    await check_counts(world, service, file)


async def test_between_sweeps_nothing_is_due(world: FakeWorld, service: Service) -> None:
    """A sweep of nothing costs a query, no matter how many versions there are."""
    await replaced(world, service, 9, every_ms=HOUR_MS // 6)
    await sweep(service)
    seq = world.store.heads[DRIVE].seq
    world.clock.pass_ms(60_000)
    await sweep(service)
    assert world.store.heads[DRIVE].seq == seq


async def test_what_waits_in_the_trash_waits_with_its_versions(world: FakeWorld, service: Service) -> None:
    folder = (await service.mkdir("films")).result
    file = await replaced(world, service, 3, every_ms=1_000)
    deep = await replaced(world, service, 2, every_ms=1_000, name="b")
    await service.update(deep.id, parent=folder.id)
    await service.trash(file.id)
    await service.trash(folder.id)
    world.clock.pass_ms(40 * DAY_MS)
    await sweep(service)
    await service.restore(file.id)
    await service.restore(folder.id)
    assert await service.numbers(file.id) == [4, 3, 2, 1]
    assert await service.numbers(deep.id) == [3, 2, 1]
    world.clock.pass_ms(DAY_MS)
    await sweep(service)
    assert await service.numbers(file.id) == [4]
    assert await service.numbers(deep.id) == [3]


async def test_a_thousand_versions_from_before_there_was_a_retention_are_thinned(world: FakeWorld) -> None:
    """In steps that fit into transactions."""
    unbounded = world.service(Policy(id_secret=b"s", retention=Retention(max_versions=10**6)))
    file = await replaced(world, unbounded, 1_200, every_ms=1_000)
    service = world.service()
    assert await service.use.thin_versions(DRIVE, file.id) >= 1_100
    assert len(rows_of(world)) <= 100
    await check_counts(world, service, file)
    assert await service.use.thin_versions(DRIVE, file.id) == 0


async def test_a_commit_is_never_refused_for_its_thinning(world: FakeWorld) -> None:
    service = world.service(FEW)
    await replaced(world, service, 5, every_ms=1_000)
    world.store.faults.writes = [None, "lost"] + ["conflict"] * 200
    assert (await service.commit("a", size=1, rule=ConflictRule.REPLACE)).result.current.number == 7
    world.store.faults.writes = []
    file = await replaced(world, service, 1, every_ms=1_000)
    assert len(rows_of(world)) <= 5
    await check_counts(world, service, file)


@pytest.mark.parametrize("by", ["forgotten", "kept"])
async def test_what_changed_since_it_was_listed_is_left_alone(
    world: FakeWorld, service: Service, by: str
) -> None:
    file = await replaced(world, service, 4, every_ms=1_000)
    world.clock.pass_ms(40 * DAY_MS)
    meanwhile = service.forget(file.id, 2) if by == "forgotten" else service.keep(file.id, 2)
    world.store.faults.meanwhile["head"] = meanwhile
    await sweep(service)
    assert await service.numbers(file.id) == ([5] if by == "forgotten" else [5, 2])
    await check_counts(world, service, file)
