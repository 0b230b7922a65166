"""Whoever looks at a drive while people and jobs write to it sees what is wrong, and nothing else."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chassis.errors import DomainError
from file_metadata_service.app.commands import Landed
from file_metadata_service.app.integrity.inspector import Outcome, Report
from file_metadata_service.app.integrity.scene import own_key, place_of
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.bootstrap import fsck_ports
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.jobs import Job, JobId, JobKind, JobState, removal_place
from file_metadata_service.domain.trash import TrashItem
from tests.contracts.file_metadata_service.damages import (
    leave_a_copy_in_the_making,
    leave_half_a_removal,
    lose_entry,
    miscount_references,
    miscount_versions,
)
from tests.contracts.file_metadata_service.furnished import (
    DRIVE,
    Site,
    furnish,
    in_memory,
    kinds,
)
from tests.fakes.metadata_service import ANN, FakeWorld, Service, caller
from tests.fakes.metadata_vandal import VandalInDynamoDB
from tests.integration.file_metadata_service.real_world import RealWorld
from tests.unit.file_metadata_service.test_copies import a_tree, copying


@pytest.fixture(params=["memory", "dynamodb"])
def live(request: pytest.FixtureRequest) -> tuple[list[Service], Site]:
    """Three instances of the service, and an inspection beside them."""
    if request.param == "memory":
        world = FakeWorld()
        return [world.service() for _ in range(3)], in_memory(world)
    real: RealWorld = request.getfixturevalue("world")
    services = [real.service() for _ in range(3)]
    ports = fsck_ports(real.db, real.table_prefix)
    return services, Site(services[0], VandalInDynamoDB(real.tables, DRIVE), ports)


async def scramble(services: list[Service], chance: random.Random, enough: asyncio.Event) -> None:
    """Makes, moves, replaces, trashes and restores, by whichever instance, until it is enough."""
    ids = ["root"]
    while not enough.is_set():
        it, node_id, parent = chance.choice(services), chance.choice(ids), chance.choice(ids)
        name = chance.choice("abcdef")
        works: list[Callable[[], Awaitable[Landed[Any]]]] = [
            lambda it=it, name=name, parent=parent: it.mkdir(name, parent, rule=ConflictRule.RENAME),
            lambda it=it, name=name, parent=parent: it.commit(name, parent, rule=ConflictRule.REPLACE),
            lambda it=it, name=name, parent=parent, at=node_id: it.update(at, name, parent),
            lambda it=it, at=node_id: it.trash(at),
            lambda it=it, at=node_id: it.restore(at, rule=ConflictRule.RENAME),
        ]
        with suppress(DomainError):
            landed = await chance.choice(works)()
            if not isinstance(landed.result, TrashItem) and landed.result.id not in ids:
                ids.append(landed.result.id)


async def test_a_drive_that_is_written_meanwhile_gives_no_false_alarm(
    live: tuple[list[Service], Site],
) -> None:
    services, place = live
    enough = asyncio.Event()
    await furnish(place, "docs")
    crowd = [asyncio.create_task(scramble(services, random.Random(seed), enough)) for seed in range(3)]
    for _ in range(2):
        before = await services[0].use.get_drive(ANN)
        assert await place.inspect(repairs=True) == []
        assert (await services[0].use.get_drive(ANN)).seq > before.seq
    enough.set()
    await asyncio.gather(*crowd)
    assert await place.inspect() == []


async def test_what_is_wrong_is_found_and_repaired_while_the_drive_is_written(
    live: tuple[list[Service], Site],
) -> None:
    services, place = live
    enough = asyncio.Event()
    it = await furnish(place, "docs")
    await lose_entry(it)
    await miscount_references(it)
    await place.vandal.head(bytes_used=10_000)
    # By instances that read the head as it is now: whoever remembers it from before writes the right count again.
    crowd = [asyncio.create_task(scramble(services[1:], random.Random(seed), enough)) for seed in range(2)]
    found = await place.inspect(repairs=True)
    enough.set()
    await asyncio.gather(*crowd)
    wrong = {DefectKind.ENTRY_MISSING, DefectKind.REFERENCES_WRONG, DefectKind.USAGE_WRONG}
    assert (kinds(found), {report.outcome for report in found}) == (wrong, {Outcome.REPAIRED})
    assert await place.inspect() == []


async def test_what_jobs_have_in_their_hands_is_no_finding() -> None:
    """A copy in the making, a removal, and a count, at every stage of which an inspection begins."""
    world = FakeWorld()
    service, place = world.service(), in_memory(world)
    gone = await a_tree(service, files=40)
    for number in range(4):
        await service.commit(f"f{number}", gone, rule=ConflictRule.REPLACE)
    await service.trash(gone)
    top = await a_tree(service, files=40)
    await copying(service, top, name="copy")
    await service.use.tree_jobs.delete(caller("delete"), gone)

    async def inspect_after(turns: int) -> list[Report]:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await place.inspect(repairs=True)

    inspections = [inspect_after(turns) for turns in range(0, 3_000, 400)]
    *found, _ = await asyncio.gather(*inspections, service.use.jobs.runner.settle())
    assert found == [[]] * len(inspections)
    await service.use.tree_jobs.count.settle()
    assert await place.inspect() == []
    world.check_whole()


@pytest.mark.parametrize("state", [*JobState, None])
async def test_what_a_job_holds_is_its_own_until_it_is_over(state: JobState | None) -> None:
    world = FakeWorld()
    place = in_memory(world)
    it = await furnish(place, "docs")
    if state is not None:
        world.jobs.rows[JobId("lost")] = a_job(state)
    await leave_a_copy_in_the_making(it)
    found = kinds(await place.inspect())
    assert found == ({DefectKind.JOB_GONE} if state is None or state.is_end else set())


def a_job(state: JobState) -> Job:
    return Job(
        id=JobId("lost"),
        drive_id=DRIVE,
        actor=ANN,
        kind=JobKind.COPY,
        spec={},
        request_hash="",
        created_at_ms=1,
        due_at_ms=2,
        state=state,
    )


async def test_what_a_lost_job_left_stands_in_the_trash_and_can_be_deleted_for_ever() -> None:
    world = FakeWorld()
    place = in_memory(world)
    it = await furnish(place, "docs")
    await leave_half_a_removal(it)
    await place.inspect(repairs=True)
    assert {item.node.id for item in (await place.service.use.list_trash(ANN, limit=0, cursor="")).items} == {
        it.inner.id,
        it.trashed.node.id,
    }
    await place.service.use.tree_jobs.delete(caller("again"), it.inner.id)
    await place.service.use.jobs.runner.settle()
    await place.service.use.tree_jobs.count.settle()
    assert await place.inspect() == []
    world.check_whole()


async def test_a_version_that_is_kept_for_ever_is_not_among_those_that_a_file_counts() -> None:
    place = in_memory(FakeWorld())
    it = await furnish(place, "docs")
    await place.service.keep(it.twice.id, 1)
    assert await place.inspect() == []


async def test_versions_of_what_a_job_removes_are_not_counted() -> None:
    """It takes the versions first, and their file only afterwards."""
    world = FakeWorld()
    place = in_memory(world)
    it = await furnish(place, "docs")
    await miscount_versions(it)
    await place.vandal.drop(place_of(it.folder))
    removed = replace(it.folder, parent_id=removal_place(JobId("lost")), trashed_at_ms=1)
    await place.vandal.put(own_key(removed), removed)
    world.jobs.rows[JobId("lost")] = a_job(JobState.RUNNING)
    assert await place.inspect() == []
    world.jobs.rows.clear()
    assert kinds(await place.inspect(repairs=True)) == {DefectKind.JOB_GONE, DefectKind.VERSIONS_MISCOUNTED}
    assert await place.inspect() == []
