"""What one caller, who leaves, sends too much or breaks the store, does to the others of a drive: nothing."""

import asyncio

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
