"""Versions whose file is gone: whose bytes they hold, when they may go, and when they may not."""

import asyncio

import pytest

from file_metadata_service.app.integrity.fsck import Fsck, Place, Stage
from file_metadata_service.app.integrity.inspector import Outcome, Report
from file_metadata_service.app.integrity.scene import own_key, place_of
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.bootstrap import fsck_ports
from file_metadata_service.domain.blobs import Blob
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import BlobId
from file_metadata_service.domain.nodes import File
from file_metadata_service.ports.ledger import blob_key, version_key
from tests.contracts.file_metadata_service.damages import leave_a_version
from tests.contracts.file_metadata_service.furnished import (
    DRIVE,
    Furnished,
    Site,
    furnish,
    in_memory,
    in_trash,
)
from tests.fakes.metadata_service import FakeWorld, caller
from tests.fakes.metadata_vandal import VandalInDynamoDB
from tests.integration.file_metadata_service.real_world import RealWorld


@pytest.fixture(params=["memory", "dynamodb"])
def place(request: pytest.FixtureRequest) -> Site:
    if request.param == "memory":
        return in_memory(FakeWorld())
    real: RealWorld = request.getfixturevalue("world")
    ports = fsck_ports(real.db, real.table_prefix)
    return Site(real.service(), VandalInDynamoDB(real.tables, DRIVE), ports)


async def blob_of(place: Site, blob_id: BlobId) -> Blob:
    row = (await place.ports.ledger.read(DRIVE, [blob_key(blob_id)]))[blob_key(blob_id)]
    assert isinstance(row, Blob)
    return row


async def alone(place: Site, *, repairs: bool = False) -> list[Report]:
    """By whoever begins at the last stage, so that nobody has looked at the names before."""
    steps = Fsck(place.ports, repairs=repairs).drive(Place(DRIVE, Stage.VERSIONS))
    return [report async for step in steps for report in step.reports]


async def grow(it: Furnished, versions: int) -> File:
    for _ in range(versions):
        file = (await it.place.service.commit("b.txt", it.folder.id, rule=ConflictRule.REPLACE)).result
    return file


async def test_its_bytes_and_its_reference_are_given_back(place: Site) -> None:
    it = await furnish(place, "docs")
    file = await grow(it, 4)
    await it.vandal.drop(own_key(file))
    await it.vandal.drop(place_of(file))
    past = await place.ports.census.versions(file.id)
    said = {
        f"{report.defect.subject}"
        for report in await place.inspect()
        if report.defect.kind is DefectKind.VERSION_ALONE
    }
    assert said == {f"{file.id}, number {number}" for number in range(1, 6)}

    assert {report.outcome for report in await place.inspect(repairs=True)} == {Outcome.REPAIRED}
    assert await place.ports.census.versions(file.id) == ()
    for version in past:
        blob = await blob_of(place, version.blob_id)
        assert blob.references == 0
        assert blob.zero_since_ms is not None
    head = await place.ports.drives.get(DRIVE)
    assert head is not None
    assert (head.versions_bytes, head.file_count) == (0, 2)
    assert await place.inspect() == []


async def test_a_blob_that_a_living_file_has_keeps_its_other_references(place: Site) -> None:
    """Also where an earlier count had left this one out: it is counted before it is taken off."""
    it = await furnish(place, "docs")
    await leave_a_version(it)
    repaired = await place.inspect(repairs=True)
    assert DefectKind.VERSION_ALONE in {report.defect.kind for report in repaired}
    blob = await blob_of(place, it.file.current.blob_id)
    assert (blob.references, blob.zero_since_ms) == (1, None)
    assert await place.inspect() == []


async def test_versions_of_a_file_that_its_name_or_the_trash_still_tells_of_are_left(place: Site) -> None:
    it = await furnish(place, "docs")
    await place.service.commit("c.txt", it.inner.id)
    trashed = (await place.service.commit("c.txt", it.inner.id, rule=ConflictRule.REPLACE)).result
    item = (await place.service.trash(trashed.id)).result
    await it.vandal.drop(own_key(it.twice))
    await it.vandal.drop(own_key(item.node))
    assert await alone(place, repairs=True) == []
    await it.vandal.drop(in_trash(item))
    assert [it.defect.subject for it in await alone(place)] == [f"{trashed.id}, number 1"]

    repaired = await place.inspect(repairs=True)
    assert {DefectKind.ENTRY_ALONE, DefectKind.VERSION_ALONE} <= {it.defect.kind for it in repaired}
    assert await place.ports.census.versions(it.twice.id) != ()
    assert await place.inspect() == []


async def test_one_whose_bytes_are_gone_already_goes_alone(place: Site) -> None:
    it = await furnish(place, "docs")
    await it.vandal.drop(own_key(it.twice))
    await it.vandal.drop(place_of(it.twice))
    (past,) = await place.ports.census.versions(it.twice.id)
    await it.vandal.drop(blob_key(past.blob_id))
    (report,) = await alone(place, repairs=True)
    assert report.outcome is Outcome.REPAIRED
    rows = await place.ports.ledger.read(DRIVE, [version_key(it.twice.id, 1), blob_key(past.blob_id)])
    assert set(rows.values()) == {None}


async def test_they_are_looked_at_page_by_page_and_each_page_can_be_gone_on_from() -> None:
    place = in_memory(FakeWorld())
    it = await furnish(place, "docs")
    file = await grow(it, 8)
    await it.vandal.drop(own_key(file))
    await it.vandal.drop(place_of(file))
    steps = [step async for step in Fsck(place.ports, repairs=False).drive(Place(DRIVE, Stage.VERSIONS))]
    assert [step.looked_at for step in steps] == [3, 3, 3]
    for number, step in enumerate(steps[:-1]):
        assert step.place is not None
        rest = [it async for it in Fsck(place.ports, repairs=False).drive(step.place)]
        assert rest == steps[number + 1 :]


@pytest.mark.parametrize("turns", range(0, 400, 40))
async def test_a_file_that_a_job_removes_is_no_finding_at_any_moment(turns: int) -> None:
    """Nor does a version disappear twice: what the job released, nobody releases again."""
    world = FakeWorld()
    place = in_memory(world)
    service = place.service
    for _ in range(30):
        node_id = (await service.commit("f", rule=ConflictRule.REPLACE)).result.id
    await service.trash(node_id)
    await service.use.tree_jobs.delete(caller("delete"), node_id)
    for _ in range(turns):
        await asyncio.sleep(0)
    assert await alone(place, repairs=True) == []
    await service.use.jobs.runner.settle()
    assert await place.inspect() == []
    world.check_whole()
