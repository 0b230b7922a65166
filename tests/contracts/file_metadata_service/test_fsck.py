"""Each thing that can be wrong is found, put right without losing anything, and then all is well.

In memory one by one; on DynamoDB all of them in one drive.
"""

import asyncio
from dataclasses import replace

import pytest

from file_metadata_service.app.integrity.fsck import Fsck
from file_metadata_service.app.integrity.inspector import Outcome
from file_metadata_service.app.integrity.scene import place_of
from file_metadata_service.bootstrap import fsck_ports
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import BlobId
from tests.contracts.file_metadata_service.damages import (
    HUMAN,
    REPAIRABLE,
    Damage,
    lose_entry,
    lose_trash,
    miscount_references,
    miscount_usage,
)
from tests.contracts.file_metadata_service.furnished import (
    DRIVE,
    Site,
    everything,
    furnish,
    in_memory,
    kinds,
    world_of,
)
from tests.fakes.metadata_service import ANN, FakeWorld
from tests.fakes.metadata_vandal import VandalInDynamoDB
from tests.integration.file_metadata_service.real_world import RealWorld


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
    rest = [step async for step in Fsck(place.ports, repairs=False).everything(steps[22].place)]
    assert rest == steps[23:]
