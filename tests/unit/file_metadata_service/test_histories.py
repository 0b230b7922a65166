"""Many clients at once, by several instances, with faults: what they saw is linearizable."""

import asyncio
import random

import pytest

from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.errors import NameTaken
from file_metadata_service.domain.ids import own_drive
from tests.fakes.metadata_hands import ServiceHands
from tests.fakes.metadata_model import TreeModel
from tests.fakes.metadata_service import ANN, FakeWorld
from tests.histories import Recorder, any_deed
from tests.linearizability import check

CLIENTS, DEEDS, QUOTA = 8, 12, 120
FAULTS = [None, None, None, "conflict", "lost", "applied"]


@pytest.mark.parametrize("seed", range(12))
async def test_what_many_clients_saw_is_linearizable(seed: int) -> None:
    chance, world = random.Random(seed), FakeWorld()
    limits = GroupLimits(commands=chance.choice([1, 4, 32]))
    policy = Policy(id_secret=b"secret", default_quota_bytes=QUOTA, limits=limits)
    hands = [ServiceHands(world.service(policy)) for _ in range(3)]
    recorder = Recorder(pause=lambda: asyncio.sleep(0))
    world.store.faults.writes = chance.choices(FAULTS, k=100)
    world.store.faults.reads = chance.choices([None] * 19 + ["unavailable"], k=400)
    world.store.faults.tokens_forgotten = chance.random() < 0.5

    async def client() -> None:
        for _ in range(DEEDS):
            await recorder.record(any_deed(chance, recorder.ids), lambda: chance.choice(hands))
            world.clock.pass_ms(1)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))

    model = check(TreeModel(quota=QUOTA), recorder.events)
    assert world.store.heads[own_drive(ANN.account_id)].bytes_used == model.bytes_used


async def test_a_command_that_was_refused_is_not_written_by_an_instance_that_was_killed_before() -> None:
    """In its group the name was free; the repeat is judged alone, at the same head, by another instance."""
    world = FakeWorld()
    killed, other = world.service(), world.service()
    occupant = (await killed.mkdir("name")).result
    world.store.faults.writes = ["late"] * 99
    group = [
        asyncio.create_task(killed.trash(occupant.id)),
        asyncio.create_task(killed.mkdir("name", command="k")),
    ]
    while not world.store.on_their_way:  # noqa: ASYNC110  # until it is sent
        await asyncio.sleep(0)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(*group, return_exceptions=True)
    world.store.faults.writes = []

    with pytest.raises(NameTaken):
        await other.mkdir("name", command="k")
    world.store.let_land()

    assert (await other.get(occupant.id)).node == occupant
