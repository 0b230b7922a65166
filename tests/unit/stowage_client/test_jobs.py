"""Copies and deletions for ever: what is done at once, what is waited for, and what goes on alone."""

import asyncio

import pytest

from stowage_client.errors import ExitCode
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World


@pytest.fixture
def furnished(world: World) -> World:
    world.gateway.uploads.hold(world.gateway.drive.folder("/films"), "big.mkv", b"x" * 700)
    return world


def test_a_file_is_copied_at_once(furnished: World) -> None:
    assert furnished.do("cp", "/films/big.mkv", "/copy.mkv") == "/copy.mkv is a copy of /films/big.mkv.\n"
    assert furnished.names() == ["films", "copy.mkv"]


def test_a_folder_is_copied_by_a_job_that_is_waited_for(furnished: World) -> None:
    copied = furnished.json("cp", "/films", "/films-2026")

    assert (copied["path"], copied["kind"]) == ("/films-2026", "folder")
    assert furnished.pauses[:2] == [0.1, 0.2]


def test_a_copy_into_a_folder_keeps_the_name_and_a_taken_one_is_refused_or_numbered(furnished: World) -> None:
    furnished.do("mkdir", "/archive")
    furnished.do("cp", "/films/big.mkv", "/archive/")
    refused = furnished.run("cp", "/films/big.mkv", "/archive/")
    furnished.do("cp", "/films/big.mkv", "/archive/", "--conflict", "rename")

    assert refused.exit_code == ExitCode.CONFLICT
    assert furnished.names("/archive") == ["big.mkv", "big.mkv (2)"]


def test_who_does_not_wait_is_told_the_job_and_finds_it_again(furnished: World) -> None:
    job = furnished.json("cp", "/films", "/copy", "--no-wait")["items"][0]

    assert job["state"] == "queued"
    assert furnished.names() == ["films"]
    assert job["id"] in furnished.do("jobs")
    assert furnished.json("cancel", job["id"])["items"][0]["state"] == "cancelled"


def test_a_job_that_fails_says_why(furnished: World) -> None:
    furnished.gateway.drive.jobs.failure = Problem(507, "quota_exceeded", "The drive is full.")
    failed = furnished.run("cp", "/films", "/copy")

    assert failed.exit_code == ExitCode.FAILED
    assert "The drive is full. (quota_exceeded)" in failed.stderr


def test_who_stops_waiting_is_told_that_the_server_goes_on(
    furnished: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(seconds: float) -> None:
        raise asyncio.CancelledError

    furnished.gateway.drive.jobs.stuck = True
    monkeypatch.setattr(World, "pause", staticmethod(interrupted))
    stopped = furnished.run("cp", "/films", "/copy")

    assert stopped.exit_code == ExitCode.INTERRUPTED
    assert "goes on" in stopped.stderr
    assert "stowage cancel" in stopped.stderr


@pytest.mark.parametrize("words", [("cp", "/", "/copy"), ("purge",), ("purge", "/films", "--all")])
def test_what_makes_no_sense_is_told_so(furnished: World, words: tuple[str, ...]) -> None:
    assert furnished.run(*words).exit_code == ExitCode.USAGE


def test_of_the_trash_one_item_or_all_go_for_ever(furnished: World) -> None:
    for name in "abc":
        furnished.do("mkdir", f"/{name}")
        furnished.do("rm", f"/{name}")

    assert furnished.do("purge", "/a") == "2 items deleted for ever.\n"
    assert "/a" not in furnished.do("trash")
    furnished.do("purge", "--all")
    assert furnished.do("trash") == ""


def test_nothing_goes_for_ever_if_one_of_them_is_not_there(furnished: World) -> None:
    furnished.do("rm", "/films")

    assert furnished.run("purge", "/films", "/nothing").exit_code == ExitCode.NOT_FOUND
    assert "films" in furnished.do("trash")
