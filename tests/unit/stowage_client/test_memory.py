"""What a transfer keeps in memory does not grow with the number of its files."""

import asyncio
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stowage_client.api.models import Node
from stowage_client.api.nodes import NodesApi
from stowage_client.errors import ExitCode, LocalError
from stowage_client.remote_path import RemotePath
from stowage_client.transfer.crew import Crew
from stowage_client.transfer.destination import Destination
from stowage_client.transfer.folder_maker import FolderMaker, Place, Places
from stowage_client.transfer.meter import Meter
from stowage_client.transfer.put import PutFiles, PutOptions
from stowage_client.transfer.rehearsal import FolderPlanner, UploadPlanner
from stowage_client.transfer.report import NAMED_UP_TO, Outcome, Report
from tests.unit.stowage_client.conftest import World

FILES_PER_FOLDER = 50


def grow(top: Path, folders: int) -> Path:
    for folder in range(folders):
        (top / str(folder)).mkdir(parents=True)
        for file in range(FILES_PER_FOLDER):
            (top / str(folder) / f"{file}.txt").touch()
    return top


async def peak(top: Path, *, keep_all: bool) -> tuple[int, Report]:
    """The most bytes held at a time while all of `top` goes to a new folder."""
    nodes, meter, crew = cast("NodesApi", None), Meter(), Crew(movers=1)
    put = PutFiles(nodes, FolderPlanner(nodes), UploadPlanner(nodes), crew, meter)
    base = Destination(Place("", RemotePath(()), is_new=True))
    tracemalloc.start()
    try:
        report = await put([top], base, PutOptions("fail", keep_all=keep_all))
        return tracemalloc.get_traced_memory()[1], report
    finally:
        tracemalloc.stop()
        crew.dismiss()


async def test_a_tree_of_many_files_takes_no_more_memory_than_one_of_few(tmp_path: Path) -> None:
    few, many = grow(tmp_path / "few", 10), grow(tmp_path / "many", 60)
    await peak(few, keep_all=False)  # what is imported and cached once

    little, _ = await peak(few, keep_all=False)
    much, report = await peak(many, keep_all=False)
    everything, _ = await peak(many, keep_all=True)

    assert report.counts["planned"] == 60 * FILES_PER_FOLDER
    assert much < little + 100 * 50 * FILES_PER_FOLDER  # bytes for each file that it has more
    assert everything > much + 100 * 50 * FILES_PER_FOLDER  # so this test would see it


def test_a_report_counts_all_and_keeps_what_is_worth_telling() -> None:
    report = Report()
    for number in range(3000):
        report.add(Outcome("done", f"{number}", "", size_bytes=2))
        report.fail(f"{number}", "", LocalError("no"))

    assert (report.counts["done"], report.counts["failed"], report.bytes_done) == (3000, 3000, 6000)
    assert len(report.of("done")) == NAMED_UP_TO
    assert len(report.of("failed")) == 1000
    with pytest.raises(Exception, match="3,000 of 6,000 failed"):
        report.require_success()


def test_failures_beyond_those_that_are_named_are_counted(world: World) -> None:
    (world.home / "in").mkdir()
    for number in range(1100):
        (world.home / "in" / str(number)).symlink_to("nowhere")

    said = world.do("put", world.home / "in", "/")

    assert "skipped: 100 more" in said
    assert "1,100 skipped" in said


class CountingNodes:
    """Finds nothing, and makes every folder."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.refuses = False

    async def find(self, path: RemotePath) -> Any:
        return SimpleNamespace(id=str(path), is_folder=True) if str(path) in self.made else None

    async def create_folder(self, parent_id: str, name: str) -> Node:
        if self.refuses:
            raise LocalError("no")
        self.made.append(f"{parent_id}/{name}")
        return cast("Node", SimpleNamespace(id=f"{parent_id}/{name}"))


async def test_a_folder_that_was_forgotten_is_found_where_it_was_made() -> None:
    nodes = CountingNodes()
    places = Places(FolderMaker(cast("NodesApi", nodes)), Place("", RemotePath(()), is_new=False))

    for number in range(1200):
        await places.at((str(number),))
    again = await places.at(("0",))

    assert again == Place("/0", RemotePath(("0",)), is_new=False)
    assert len(nodes.made) == places.made_count == 1200


async def test_who_asks_for_the_same_folder_at_once_gets_the_same_or_the_same_reason() -> None:
    nodes = CountingNodes()
    places = Places(FolderMaker(cast("NodesApi", nodes)), Place("", RemotePath(()), is_new=True))

    below = await asyncio.gather(*(places.at(("a", str(number))) for number in range(5)))
    nodes.refuses = True
    refused = await asyncio.gather(places.at(("b", "c")), places.at(("b",)))

    assert len(nodes.made) == 6
    assert all(isinstance(place, Place) for place in below)
    assert [cast("LocalError", error).exit_code for error in refused] == [ExitCode.LOCAL] * 2
