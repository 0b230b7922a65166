"""Every mutation, with each fault on the way to the real engine: repeating it gives the first result, once."""

from collections.abc import Awaitable, Callable

import pytest

from file_metadata_service.app.commands import Landed
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.ids import BlobId, own_drive
from tests.fakes.metadata_service import ANN, Service
from tests.faults import CONFLICT, LOST_AFTER, LOST_BEFORE, THROTTLED, Fault
from tests.integration.file_metadata_service.real_world import RealWorld

pytestmark = pytest.mark.judged_once

Mutation = Callable[[Service, dict[str, str]], Awaitable[Landed[object]]]
DRIVE = own_drive(ANN.account_id)

MUTATIONS: dict[str, Mutation] = {
    "create": lambda it, at: it.mkdir("new", at["a"], command="k"),
    "rename": lambda it, at: it.update(at["a"], "b", command="k"),
    "move": lambda it, at: it.update(at["f"], parent="root", command="k"),
    "trash": lambda it, at: it.trash(at["a"], command="k"),
    "restore": lambda it, at: it.restore(at["gone"], command="k"),
    "commit": lambda it, at: it.commit("new", at["a"], blob="k"),
    "replace": lambda it, at: it.commit("f", at["a"], blob="k", rule=ConflictRule.REPLACE),
}


async def places(service: Service) -> dict[str, str]:
    a = (await service.mkdir("a")).result.id
    f = (await service.commit("f", a)).result.id
    gone = (await service.commit("gone", a)).result.id
    await service.trash(gone)
    return {"a": a, "f": f, "gone": gone}


@pytest.mark.parametrize("fault", [CONFLICT, THROTTLED, LOST_BEFORE, LOST_AFTER])
@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_fault_is_not_seen_by_the_caller_and_repeating_changes_nothing(
    world: RealWorld, service: Service, name: str, fault: Fault
) -> None:
    at = await places(service)
    head = await service.use.get_drive(ANN)
    world.faults.inject("TransactWriteItems", fault)
    landed = await MUTATIONS[name](service, at)
    assert world.faults.happened == [("TransactWriteItems", fault)]
    for again in (service, world.service()):
        assert await MUTATIONS[name](again, at) == landed
    assert landed.position.seq == (await service.use.get_drive(ANN)).seq == head.seq + 1


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_write_whose_every_answer_is_lost_is_found_by_its_journal_row(
    world: RealWorld, service: Service, name: str
) -> None:
    """As if the engine had forgotten the token: the head has moved, and the journal says by whom."""
    at = await places(service)
    head = await service.use.get_drive(ANN)
    world.faults.inject("TransactWriteItems", LOST_AFTER, times=3)
    landed = await MUTATIONS[name](service, at)
    assert await MUTATIONS[name](world.service(), at) == landed
    assert landed.position.seq == (await service.use.get_drive(ANN)).seq == head.seq + 1


async def test_a_drive_comes_into_being_once_though_the_answer_is_lost(
    world: RealWorld, service: Service
) -> None:
    world.faults.inject("PutItem", LOST_AFTER)
    drive = await service.use.get_drive(ANN)
    assert await world.service().use.get_drive(ANN) == drive


@pytest.mark.parametrize("fault", [CONFLICT, THROTTLED, LOST_BEFORE, LOST_AFTER])
async def test_abandon_survives_every_fault(world: RealWorld, service: Service, fault: Fault) -> None:
    await service.commit("two", blob="two")
    world.faults.inject("TransactWriteItems", fault)
    found = await service.use.abandon(DRIVE, [BlobId("one"), BlobId("two"), BlobId("three")])
    assert [blob.committed is not None for blob in found] == [False, True, False]
    assert await service.use.abandon(DRIVE, [blob.id for blob in found]) == found


@pytest.mark.parametrize("fault", [THROTTLED, LOST_BEFORE])
async def test_reads_are_asked_again(world: RealWorld, service: Service, fault: Fault) -> None:
    await places(service)
    for operation in ("GetItem", "BatchGetItem", "Query"):
        world.faults.inject(operation, fault, times=2)
    assert await world.service().names() == ["a"]
