"""What an operator reads, and where."""

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest

from file_upload_service.adapters.terminal.fsck_report import (
    FsckReport,
    PlaceInvalid,
    dump_place,
    load_place,
)
from file_upload_service.app.integrity.fsck import Place, Stage, Step
from file_upload_service.domain.defects import DefectKind, Finding, Outcome

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"
PLACES = [
    Place(),
    Place(Stage.MULTIPARTS),
    Place(Stage.OBJECTS, "blobs/ab/cd/.Ä: b\n"),
    Place(Stage.BLOBS, "00#parts"),
]


@pytest.mark.parametrize("kind", DefectKind)
def test_every_finding_is_explained_to_operators(kind: DefectKind) -> None:
    assert f"`{kind}`" in OPERATIONS.read_text()


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_was_said_is_one_word_and_is_understood(place: Place) -> None:
    said = dump_place(place)
    assert said.split() == [said]
    assert load_place(said) == place


@pytest.mark.parametrize("text", ["", "x", ":", "objects blobs", "totals:1"])
def test_a_place_that_was_not_said_is_refused(text: str) -> None:
    with pytest.raises(PlaceInvalid):
        load_place(text)


async def followed(report: FsckReport, *steps: Step) -> int:
    async def walk() -> AsyncIterator[Step]:
        for step in steps:
            yield step

    return await report.follow(walk())


async def test_findings_are_lines_of_one_kind_and_key_each_and_decide_the_code() -> None:
    report = FsckReport(out=StringIO(), err=StringIO())
    finding = Finding(DefectKind.KEY_STRANGE, "blobs/a b\nc", Outcome.FOR_A_HUMAN)

    assert await followed(report, Step(Stage.OBJECTS, 7, (finding,), 2, Place(Stage.MULTIPARTS))) == 1

    assert isinstance(report.out, StringIO)
    assert isinstance(report.err, StringIO)
    assert report.out.getvalue() == "key_strange: blobs/a%20b%0Ac [needs a human]\n"
    said = report.err.getvalue()
    assert "fsck: 7 objects, 0 keys with multipart uploads, 0 pieces of tails, 0 live blobs looked at" in said
    assert "looked at, 1 needs a human\n" in said
    assert "2 without an owner came later than what is judged" in said


async def test_what_agrees_is_clean() -> None:
    report = FsckReport(out=StringIO(), err=StringIO())

    assert await followed(report, Step(Stage.BLOBS, 1, (), 0, None)) == 0
    assert isinstance(report.err, StringIO)
    assert report.err.getvalue().endswith("1 live blobs looked at, clean\n")


def test_whoever_is_stopped_learns_where_to_go_on() -> None:
    err = StringIO()
    report = FsckReport(out=StringIO(), err=err, place=Place(Stage.BLOBS, "x"))

    assert report.stopped("the lights went out.") == 2

    assert "Go on with --resume-from blobs:x\n" in err.getvalue()
