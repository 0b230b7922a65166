"""What the committer keeps in memory: never more than it may, never more than is true."""

from dataclasses import replace

import pytest

from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.errors import NodeNotFound, QuotaExceeded
from file_metadata_service.domain.ids import NodeIds, own_drive
from tests.fakes.metadata_service import ANN, FakeWorld, Service

DRIVE = own_drive(ANN.account_id)


async def test_commands_that_are_all_refused_do_not_fill_the_memory(
    world: FakeWorld, service: Service
) -> None:
    service.use.committers.parts = replace(service.use.committers.parts, rows_kept=20)
    await service.mkdir("a")
    for number in range(20):
        with pytest.raises(NodeNotFound):
            await service.trash(f"nowhere {number}", command=f"k{number}")
    world.store.calls.clear()
    with pytest.raises(NodeNotFound):
        await service.trash("nowhere 0", command="k0")
    assert "read" in world.store.calls


async def test_a_quota_that_was_raised_counts_at_once(world: FakeWorld) -> None:
    service = world.service(Policy(id_secret=b"s", default_quota_bytes=10))
    await service.commit("a", size=10)
    world.store.heads[DRIVE] = replace(world.store.heads[DRIVE], quota_bytes=20)
    assert (await service.commit("b", size=10)).result.name == "b"


async def test_a_quota_that_was_lowered_counts_at_once(world: FakeWorld, service: Service) -> None:
    await service.commit("a", size=10)
    world.store.heads[DRIVE] = replace(world.store.heads[DRIVE], quota_bytes=15)
    with pytest.raises(QuotaExceeded):
        await service.commit("b", size=10)
    assert (await service.commit("c", size=5)).result.name == "c"
    assert (await service.mkdir("d")).result.name == "d"


async def test_a_folder_that_a_reader_saw_later_does_not_refuse_the_command_that_made_it(
    world: FakeWorld, service: Service
) -> None:
    """The memory of folders is shared: it may know more than the head that a command is validated at."""
    parent = (await world.service().mkdir("p")).result.id
    made = NodeIds(b"secret").of("folder", DRIVE, ANN, "k")

    async def meanwhile() -> None:
        await world.service().mkdir("a", parent, command="k")
        await service.get(made)

    world.store.faults.meanwhile["read"] = meanwhile()
    repeated = await service.mkdir("a", parent, command="k")
    assert (repeated.result.id, repeated.position.seq) == (made, 2)


async def test_a_read_never_answers_more_than_its_position_says(world: FakeWorld, service: Service) -> None:
    parent = (await world.service().mkdir("p")).result.id
    made = NodeIds(b"secret").of("folder", DRIVE, ANN, "k")

    async def meanwhile() -> None:
        await world.service().mkdir("a", parent, command="k")
        await service.get(made)

    world.store.faults.meanwhile["head"] = meanwhile()
    found = await service.get(made)
    assert found.position.seq >= found.node.seq == 2
