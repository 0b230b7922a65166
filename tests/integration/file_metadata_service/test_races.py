"""Several instances of the service on one drive at once, on the real engine."""

import asyncio

import pytest

from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.errors import (
    BlobAbandoned,
    NameTaken,
    NodeNotFound,
    QuotaExceeded,
    WouldMakeCycle,
)
from file_metadata_service.domain.ids import BlobId, own_drive
from tests.fakes.metadata_service import ANN
from tests.integration.file_metadata_service.real_world import RealWorld

pytestmark = pytest.mark.judged_once

DRIVE = own_drive(ANN.account_id)


async def test_of_sixteen_who_create_one_name_exactly_one_wins(world: RealWorld) -> None:
    services = [world.service() for _ in range(4)]
    results = await asyncio.gather(
        *(services[number % 4].mkdir("a") for number in range(16)), return_exceptions=True
    )
    assert sum(isinstance(result, NameTaken) for result in results) == 15
    assert await services[0].names() == ["a"]


async def test_two_instances_write_one_drive_without_losing_anything(world: RealWorld) -> None:
    one, two = world.service(), world.service()
    landed = await asyncio.gather(
        *((one, two)[number % 2].commit(f"f{number:03}", size=3) for number in range(60))
    )
    assert await one.names() == [f"f{number:03}" for number in range(60)]
    drive = await two.use.get_drive(ANN)
    assert (drive.bytes_used, drive.file_count) == (180, 60)
    assert drive.seq == max(it.position.seq for it in landed)
    journal = [row async for row in world.tables.journal.query_all(DRIVE)]
    assert [row.seq for row in journal] == list(range(1, drive.seq + 1))


async def test_of_two_moves_that_would_make_a_cycle_one_is_refused(world: RealWorld) -> None:
    one, two = world.service(), world.service()
    for number in range(5):
        a, b = (await one.mkdir(f"a{number}")).result, (await two.mkdir(f"b{number}")).result
        results = await asyncio.gather(
            one.update(a.id, parent=b.id), two.update(b.id, parent=a.id), return_exceptions=True
        )
        assert sum(isinstance(result, WouldMakeCycle) for result in results) == 1


async def test_uploads_that_together_exceed_the_quota_do_not_all_fit(world: RealWorld) -> None:
    policy = Policy(id_secret=b"s", default_quota_bytes=50)
    one, two = world.service(policy), world.service(policy)
    results = await asyncio.gather(
        *((one, two)[number % 2].commit(f"f{number}", size=10) for number in range(12)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, QuotaExceeded) for result in results) == 7
    assert (await one.use.get_drive(ANN)).bytes_used == 50


async def test_a_commit_and_an_abandon_agree_on_who_won(world: RealWorld) -> None:
    one, two = world.service(), world.service()
    for number in range(10):
        blob = BlobId(f"blob{number}")
        committed, abandoned = await asyncio.gather(
            one.commit(f"f{number}", blob=blob), two.use.abandon(DRIVE, [blob]), return_exceptions=True
        )
        assert not isinstance(abandoned, BaseException), abandoned
        assert isinstance(committed, BlobAbandoned) == (abandoned[0].committed is None)


async def test_a_blob_committed_by_two_instances_at_once_is_one_version(world: RealWorld) -> None:
    one, two = world.service(), world.service()
    results = await asyncio.gather(
        *(it.commit("a.txt", blob="b", rule=ConflictRule.RENAME) for it in (one, two))
    )
    assert results[0] == results[1]
    assert await one.names() == ["a.txt"]


async def test_nothing_lands_below_a_folder_that_is_trashed_meanwhile(world: RealWorld) -> None:
    one, two = world.service(), world.service()
    a = (await one.mkdir("a")).result
    b = (await one.mkdir("b", a.id)).result
    results = await asyncio.gather(
        *(one.commit(f"f{number}", b.id) for number in range(10)), two.trash(a.id), return_exceptions=True
    )
    trashed = results[-1]
    assert not isinstance(trashed, BaseException)
    for result in results[:-1]:
        if isinstance(result, BaseException):
            assert isinstance(result, NodeNotFound)
        else:
            assert result.position.seq <= trashed.position.seq
