"""A restore makes a home of its own: beside others who want the place, and of what other machines have written."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from local_stack.backup import Restore
from local_stack.backup.archive import FORMAT, Header, Writer
from local_stack.errors import StackError
from local_stack.home import Home
from local_stack.progress import silent
from local_stack.stack import Stack

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup of settings, and of a folder that a machine with other attributes has saved."""
    settings, file = tmp_path / "settings.env", tmp_path / "b.tar"
    settings.write_text("A=1")
    with file.open("wb") as opened:
        writer = Writer(opened, Header(FORMAT, "2026-01-01T00:00:00+00:00", 1, 3, ()))
        writer.add_folder("data/s3", {"user.own": b"1", "trusted.strange": b"1"})
        writer.add_file("settings.env", settings)
        writer.close()
    return file


@pytest.fixture
def restore(tmp_path: Path) -> Restore:
    return Restore(Home(tmp_path / "home"), silent)


@pytest.fixture(autouse=True)
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Takes what shall happen, once, just before a home is moved to its place."""
    happens: list[Callable[[], object]] = []
    monkeypatch.setattr(os, "sync", lambda: happens.pop()() if happens else None)
    return happens.append


def test_attributes_that_are_not_ours_stay_with_the_machine_that_wrote_them(
    restore: Restore, file: Path
) -> None:
    restore.load(file)

    assert os.listxattr(restore.home.data / "s3") == ["user.own"]


def test_restored_data_says_that_it_is_so_until_somebody_has_been_told(restore: Restore, file: Path) -> None:
    restore.load(file)

    assert restore.home.restored.exists()


def test_a_second_restore_to_the_same_place_is_refused_and_the_first_is_whole(
    restore: Restore, file: Path, meanwhile: Meanwhile
) -> None:
    def again() -> None:
        with pytest.raises(StackError, match="another restore"):
            restore.load(file)

    meanwhile(again)
    restore.load(file)

    assert restore.home.settings.read_text() == "A=1"
    assert not list(restore.home.root.parent.glob(".*"))


def test_a_stack_that_was_started_there_meanwhile_stays_as_it_is(
    restore: Restore, file: Path, meanwhile: Meanwhile
) -> None:
    meanwhile(restore.home.lay_out)

    with pytest.raises(StackError, match="not empty"):
        restore.load(file)

    assert restore.home.exists
    assert not restore.home.settings.exists()


def test_a_mark_alone_makes_way(restore: Restore, file: Path) -> None:
    restore.home.root.mkdir()
    restore.home.mark.touch()

    restore.load(file)

    assert restore.home.settings.read_text() == "A=1"


def test_a_mount_point_is_refused_at_once(file: Path) -> None:
    with pytest.raises(StackError, match=r"mount point.*STOWAGE_HOME to a folder within"):
        Restore(Home(Path("/proc")), silent).load(file)


def test_a_home_behind_a_link_is_made_where_the_link_leads(tmp_path: Path, file: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk")

    Stack(tmp_path / "link", port=0).restore(file)

    assert (tmp_path / "disk" / "settings.env").read_text() == "A=1"
