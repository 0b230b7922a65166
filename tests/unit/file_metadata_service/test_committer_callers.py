"""What one caller, who leaves, sends too much or breaks the store, does to the others of a drive: nothing."""

import asyncio

from file_metadata_service.app.commands import Command
from file_metadata_service.app.queues import Lane
from file_metadata_service.domain.errors import DriveBusy
from file_metadata_service.domain.ids import own_drive
from tests.fakes.metadata_service import ANN, FakeWorld, Service

DRIVE = own_drive(ANN.account_id)


async def test_a_command_that_breaks_the_store_takes_no_other_along(
    world: FakeWorld, service: Service
) -> None:
    world.store.faults.poison = "bad"
    results = await asyncio.gather(
        *(service.mkdir(name) for name in ("a", "bad", "b", "c")), return_exceptions=True
    )
    assert [isinstance(result, Exception) for result in results] == [False, True, False, False]
    assert await service.names() == ["a", "b", "c"]


async def test_a_caller_who_leaves_while_his_group_is_written_is_not_missed(
    world: FakeWorld, service: Service
) -> None:
    tasks = [asyncio.create_task(service.mkdir(name, command=name)) for name in "ab"]

    async def leave() -> None:
        tasks[0].cancel()

    world.store.faults.meanwhile["write"] = leave()
    assert (await tasks[1]).result.name == "b"
    assert (await service.mkdir("a", command="a")).position.seq == 1
    assert await service.names() == ["a", "b"]


async def test_a_drive_whose_queue_is_full_says_so_at_once_and_recovers(
    world: FakeWorld, service: Service
) -> None:
    service.use.committers.of(DRIVE).queues.limit = 5
    results = await asyncio.gather(
        *(service.mkdir(f"f{number}") for number in range(8)), return_exceptions=True
    )
    busy = [result for result in results if isinstance(result, DriveBusy)]
    assert len(busy) == 3
    assert busy[0].retry_after_seconds
    assert len(await service.names()) == 5
    assert (await service.mkdir("later")).result.name == "later"


async def test_one_session_with_two_thousand_waiting_does_not_starve_another(
    world: FakeWorld, service: Service
) -> None:
    crowd = [asyncio.create_task(service.mkdir(f"f{number}", session="sync")) for number in range(2_000)]
    await asyncio.sleep(0)
    landed = await service.mkdir("mine", session="browser")
    assert landed.position.seq <= 2
    assert sum(task.done() for task in crowd) <= 64
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_a_full_queue_refuses_who_fills_it_and_not_who_comes(
    world: FakeWorld, service: Service
) -> None:
    service.use.committers.of(DRIVE).queues.limit = 40
    results = await asyncio.gather(
        *(service.mkdir(f"f{number}", session="sync") for number in range(60)),
        *(service.mkdir(f"m{number}", session="browser") for number in range(5)),
        return_exceptions=True,
    )
    busy = [isinstance(result, DriveBusy) for result in results]
    assert (sum(busy[:60]), sum(busy[60:])) == (25, 0)
    assert len(await service.names()) == 40


async def test_background_work_waits_while_people_wait_and_still_goes_on(
    world: FakeWorld, service: Service
) -> None:
    committer = service.use.committers.of(DRIVE)
    started = asyncio.create_task(service.mkdir("first"))
    await asyncio.sleep(0)
    making = service.making(service.caller("job"), "job")
    command = Command(actor=ANN, command_id="job", request_hash="", step=making)
    job = asyncio.create_task(committer.submit(command, lane=Lane.BACKGROUND))
    people = [asyncio.create_task(service.mkdir(f"f{number}")) for number in range(32 * 8)]
    await asyncio.gather(started, *people)
    seqs = sorted(task.result().position.seq for task in people)
    assert seqs[0] < (await job).position.seq < seqs[-1]


async def test_a_command_whose_time_is_over_before_its_turn_is_not_written(
    world: FakeWorld, service: Service
) -> None:
    async def time_passes() -> None:
        world.clock.pass_ms(5_000)

    world.store.faults.meanwhile["write"] = time_passes()
    results = await asyncio.gather(
        service.mkdir("now"),
        *(service.mkdir(f"f{number}", within=60.0) for number in range(31)),
        service.mkdir("late", within=4.0),
        service.mkdir("patient", within=60.0),
        return_exceptions=True,
    )
    assert [isinstance(result, DriveBusy) for result in results[-2:]] == [True, False]
    assert "late" not in await service.names()
    assert world.watch.drops == ["expired"]


async def test_a_command_whose_time_is_over_is_dropped_from_a_group_that_must_be_tried_again(
    world: FakeWorld, service: Service
) -> None:
    world.store.faults.writes = ["conflict"] * 3  # each pause takes time
    results = await asyncio.gather(
        service.mkdir("short", within=0.05), service.mkdir("long"), return_exceptions=True
    )
    assert isinstance(results[0], DriveBusy)
    assert await service.names() == ["long"]


async def test_who_has_gone_is_counted(world: FakeWorld, service: Service) -> None:
    tasks = [asyncio.create_task(service.mkdir(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await tasks[0]
    await service.use.committers.finish()
    assert world.watch.drops == ["gone"]
