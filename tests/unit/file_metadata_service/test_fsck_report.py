"""What an operator reads, and where."""

from io import StringIO
from pathlib import Path

import pytest

from file_metadata_service.adapters.terminal.fsck_report import (
    FsckReport,
    PlaceInvalid,
    dump_place,
    load_place,
)
from file_metadata_service.app.integrity.fsck import Place, Stage
from file_metadata_service.domain.defects import DefectKind
from file_metadata_service.domain.ids import DriveId

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"


@pytest.mark.parametrize("kind", DefectKind)
def test_every_finding_is_explained_to_operators(kind: DefectKind) -> None:
    assert f"`{kind}`" in OPERATIONS.read_text()


@pytest.mark.parametrize(
    "place", [Place(DriveId("d")), Place(DriveId("d"), Stage.FILES, '{"id": "Ä"}', "page")]
)
def test_a_place_that_was_said_is_understood(place: Place) -> None:
    assert load_place(dump_place(place)) == place


@pytest.mark.parametrize("text", ["x", "", "bnVsbA", "WzEsMiwzLDRd", "ä"])
def test_a_place_that_was_not_said_is_refused(text: str) -> None:
    with pytest.raises(PlaceInvalid):
        load_place(text)


def test_whoever_is_stopped_learns_where_to_go_on() -> None:
    err = StringIO()
    report = FsckReport(out=StringIO(), err=err, place=Place(DriveId("d"), Stage.TRASH))
    assert report.stopped("the lights went out.") == 2
    assert f"--resume-from {dump_place(Place(DriveId('d'), Stage.TRASH))}\n" in err.getvalue()
