"""A writing whose outcome stayed unknown may land seconds later. What was refused meanwhile must not be in it."""

import asyncio
import random

import pytest

from chassis.errors import DomainError, Unavailable
from file_metadata_service.domain.errors import DriveBusy, NameTaken
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.ports.ledger import command_key
from tests.fakes.metadata_service import ANN, FakeWorld, Service

DRIVE = own_drive(ANN.account_id)
LATE = ["late", *["lost"] * 50]


async def a_group_on_its_way(world: FakeWorld, service: Service) -> str:
    """`a` becomes `b`, and a new `a` takes its place: both in one writing that has not landed yet."""
    node_id = (await service.mkdir("a")).result.id
    world.store.faults.writes = list(LATE)
    results = await asyncio.gather(
        service.update(node_id, "b", command="rename"),
        service.mkdir("a", command="make"),
        return_exceptions=True,
    )
    world.store.faults.writes = []
    assert [type(result) for result in results] == [Unavailable, Unavailable]
    assert len(world.store.on_their_way) == 1
    return node_id


async def test_a_refusal_is_fenced_from_what_may_still_land(world: FakeWorld, service: Service) -> None:
    node_id = await a_group_on_its_way(world, service)
    seq = world.store.heads[DRIVE].seq
    with pytest.raises(NameTaken):
        await service.mkdir("a", command="make")
    assert world.store.let_land() == 0
    assert await service.names() == ["a"]
    assert world.store.journal[DRIVE, seq + 1].changes == ()
    assert world.store.heads[DRIVE].seq == seq + 1
    landed = await service.update(node_id, "b", command="rename")
    assert landed.position.seq == seq + 2


async def test_what_lands_before_the_fence_is_answered_as_written(world: FakeWorld, service: Service) -> None:
    await a_group_on_its_way(world, service)

    async def arrive() -> None:
        world.store.let_land()

    world.store.faults.meanwhile["head"] = arrive()  # the repeat has read the head already
    landed = await service.mkdir("a", command="make")
    assert landed.position.seq == world.store.heads[DRIVE].seq
    assert await service.names() == ["a", "b"]


async def test_what_is_written_is_a_fence_itself(world: FakeWorld, service: Service) -> None:
    await a_group_on_its_way(world, service)
    seq = world.store.heads[DRIVE].seq
    results = await asyncio.gather(service.mkdir("a"), service.mkdir("c"), return_exceptions=True)
    assert isinstance(results[0], NameTaken)
    assert world.store.let_land() == 0
    assert world.store.heads[DRIVE].seq == seq + 1


async def test_a_fence_whose_outcome_is_unknown_refuses_nothing(world: FakeWorld, service: Service) -> None:
    await a_group_on_its_way(world, service)
    world.store.faults.writes = list(LATE)
    with pytest.raises(Unavailable):
        await service.mkdir("a", command="make")
    world.store.faults.writes = []
    assert world.store.let_land() == 1  # the group was on its way before the fence
    assert (await service.mkdir("a", command="make")).result.name == "a"


async def idle(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(20))
async def test_nothing_that_was_refused_is_ever_written(seed: int) -> None:
    """Commands repeated at either instance until they are known; what is late lands at any time."""
    chance, world = random.Random(seed), FakeWorld()
    services = [world.service(), world.service()]
    ids = [(await services[0].mkdir(name)).result.id for name in "abc"]
    refused = set[str]()

    async def ask(number: int) -> None:
        name, node_id = chance.choice("abcd"), chance.choice(ids)
        kind = chance.choice(["make", "rename", "trash"])
        for _ in range(4):
            service = chance.choice(services)
            try:
                if kind == "make":
                    await service.mkdir(name, command=f"k{number}")
                elif kind == "rename":
                    await service.update(node_id, name, command=f"k{number}")
                else:
                    await service.trash(node_id, command=f"k{number}")
            except (Unavailable, DriveBusy):
                await idle(chance.randrange(60))
            except DomainError:
                refused.add(f"k{number}")
                return
            else:
                return

    for turn in range(12):
        world.store.faults.writes = chance.choices(
            [[], list(LATE), ["late"], ["lost", "late"]], [2, 2, 1, 1]
        )[0]
        asking = asyncio.gather(*(ask(10 * turn + number) for number in range(chance.randrange(1, 5))))
        await idle(chance.randrange(400))
        world.store.let_land()
        await asking
    world.store.let_land()
    records = {key for key in world.store.rows if key in {command_key(DRIVE, ANN, it) for it in refused}}
    assert records == set()
