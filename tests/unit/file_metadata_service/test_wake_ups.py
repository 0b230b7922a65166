"""Who waits for a drive's changes is woken by each transaction, and by nothing else."""

import pytest

from file_metadata_service.domain.errors import NameTaken
from tests.fakes.metadata_service import FakeWorld


async def test_each_change_wakes_whoever_waits_with_the_position_that_it_got() -> None:
    world = FakeWorld()
    service = world.service()

    first, second = await service.mkdir("a"), await service.mkdir("b")

    assert world.wake_ups.positions == [first.position, second.position]


async def test_what_is_refused_or_repeated_wakes_nobody() -> None:
    world = FakeWorld()
    service = world.service()
    landed = await service.mkdir("a", command="c")

    await service.mkdir("a", command="c")
    with pytest.raises(NameTaken):
        await service.mkdir("a")

    assert world.wake_ups.positions == [landed.position]


async def test_a_change_whose_answer_was_lost_wakes_too() -> None:
    world = FakeWorld()
    world.store.faults.writes = ["applied"]

    landed = await world.service().mkdir("a")

    assert world.wake_ups.positions == [landed.position]
