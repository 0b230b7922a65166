"""`python -m file_metadata_service fsck`: what it says, and with which code it ends."""

import pytest

from file_metadata_service.adapters.terminal.fsck_report import dump_place
from file_metadata_service.app.integrity.fsck import Place, Stage
from file_metadata_service.app.integrity.scene import place_of
from file_metadata_service.bootstrap import fsck
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.settings import FsckSettings
from tests.fakes.metadata_service import ANN
from tests.fakes.metadata_vandal import VandalInDynamoDB
from tests.integration.file_metadata_service.real_world import RealWorld

DRIVE = own_drive(ANN.account_id)


async def test_it_says_what_it_finds_by_ids_and_ends_with_a_code_that_tells(
    world: RealWorld, dynamodb_endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = FsckSettings(table_prefix=world.table_prefix, dynamodb_endpoint=dynamodb_endpoint)

    async def run(
        *, repairs: bool = False, drive_id: str | None = None, resume_from: str | None = None
    ) -> int:
        return await fsck(settings, repairs=repairs, drive_id=drive_id, resume_from=resume_from)

    assert await run() == 0
    assert capsys.readouterr().err == "fsck: 0 drives, 0 rows looked at, clean\n"
    file = (await world.service().commit("secret name.txt")).result
    assert await run() == 0
    await VandalInDynamoDB(world.tables, DRIVE).drop(place_of(file))
    after_files = dump_place(Place(DRIVE, Stage.TRASH))

    assert await run(drive_id="somebody") == 2
    assert await run(resume_from="somewhere") == 2
    assert await run(resume_from=after_files) == 0
    capsys.readouterr()
    assert await run(drive_id=DRIVE) == 1
    said = capsys.readouterr()
    assert said.out == f"{DRIVE} entry_missing: {file.id} [found]\n"
    assert said.err.endswith("fsck: 1 drives, 3 rows looked at, 1 found\n")
    assert "secret" not in said.out + said.err

    assert await run(repairs=True) == 1
    assert capsys.readouterr().out == f"{DRIVE} entry_missing: {file.id} [repaired]\n"
    assert await run(repairs=True) == 0
    assert await world.service().names() == ["secret name.txt"]


async def test_it_says_where_to_go_on_when_the_database_goes_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nowhere = FsckSettings(dynamodb_endpoint="http://127.0.0.1:9")
    assert await fsck(nowhere, repairs=False, drive_id=None, resume_from=None) == 2
    assert "fsck stopped: " in capsys.readouterr().err
