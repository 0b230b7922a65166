"""`python -m file_metadata_service quota set` and `recount`: what an operator does about a drive's size."""

from dataclasses import replace

import pytest

from chassis.dynamodb import exists
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.bootstrap import recount, set_quota
from file_metadata_service.domain.errors import QuotaExceeded
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.settings import FsckSettings
from tests.fakes.metadata_service import ANN
from tests.integration.file_metadata_service.real_world import RealWorld

DRIVE = own_drive(ANN.account_id)


@pytest.fixture
def settings(world: RealWorld, dynamodb_endpoint: str) -> FsckSettings:
    return FsckSettings(table_prefix=world.table_prefix, dynamodb_endpoint=dynamodb_endpoint)


async def test_a_quota_counts_from_the_next_change_on_also_for_who_remembers_another(
    world: RealWorld, settings: FsckSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    service = world.service()
    assert await set_quota(settings, drive_id=DRIVE, quota_bytes=9) == 1
    await service.commit("a", size=5)
    assert await set_quota(settings, drive_id=DRIVE, quota_bytes=9) == 0
    assert capsys.readouterr().out == f"{DRIVE}: 5 bytes used, 9 bytes\n"
    with pytest.raises(QuotaExceeded):
        await service.commit("b", size=5)
    assert await set_quota(settings, drive_id=DRIVE, quota_bytes=None) == 0
    await service.commit("b", size=5)


async def test_a_recount_finds_and_repairs_what_a_drive_says_wrongly(
    world: RealWorld, settings: FsckSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    service = world.service()
    await service.commit("a", size=5)
    await service.commit("a", size=3, rule=ConflictRule.REPLACE)
    assert await recount(settings, repairs=False, drive_id=DRIVE) == 0
    drive = await service.use.get_drive(ANN)
    row = {"bytes_used": 7, "versions_bytes": 6, "file_count": 2}
    await world.tables.drives.update(DRIVE, set=row, condition=exists("driveid"))
    assert await recount(settings, repairs=False, drive_id=DRIVE) == 1
    assert await recount(settings, repairs=True, drive_id=DRIVE) == 1
    assert "usage_wrong" in capsys.readouterr().out
    assert await service.use.get_drive(ANN) == replace(drive, seq=drive.seq + 1)
    await service.commit("b", size=1)


async def test_what_was_never_counted_is_unknown_until_a_recount_fills_it_in(
    world: RealWorld, settings: FsckSettings
) -> None:
    service = world.service()
    await service.commit("a", size=5)
    await service.commit("a", size=3, rule=ConflictRule.REPLACE)
    await world.tables.drives.update(DRIVE, set={"versions_bytes": None}, condition=exists("driveid"))
    service = world.service()
    await service.commit("a", size=2, rule=ConflictRule.REPLACE)
    assert (await service.use.get_drive(ANN)).versions_bytes is None
    assert await recount(settings, repairs=False, drive_id=DRIVE) == 0
    assert await recount(settings, repairs=True, drive_id=DRIVE) == 1
    drive = await service.use.get_drive(ANN)
    assert (drive.bytes_used, drive.versions_bytes) == (10, 8)
