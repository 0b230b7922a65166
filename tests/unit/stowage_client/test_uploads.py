"""`stowage uploads`: what has not ended, listed, looked into, gone on with from anywhere, ended."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from stowage_client.errors import ExitCode
from stowage_client.storage.errors import Refused
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World

MIB = 2**20
BIG = os.urandom(5 * 8 * MIB + 99)  # six parts


@pytest.fixture
def cut(world: World) -> World:
    """Three of six parts have arrived from a device that is lost, with all that it remembered."""

    def refuse(number: int) -> None:
        if len(world.storage.parts) >= 3:
            raise Refused("the network is gone")

    world.gateway.drive.folder("/films")
    world.storage.on_send = refuse
    world.run("put", world.file("big.mkv", BIG), "/films/", "--parallel", "1")
    shutil.rmtree(world.home / "state" / "stowage" / "uploads")
    (world.home / "big.mkv").rename(world.home / "moved.mkv")
    world.storage.on_send = lambda number: None
    world.storage.sends.clear()
    return world


def only(world: World) -> dict[str, Any]:
    [upload] = world.json("uploads")["items"]
    return dict(upload)


def resume(world: World, *words: str | Path) -> list[str | Path]:
    return ["uploads", "resume", only(world)["id"], *words]


def test_another_device_sends_only_what_is_missing(cut: World) -> None:
    arrived = cut.json("uploads", "show", only(cut)["id"])["arrived"]
    report = cut.json(*resume(cut, cut.home / "moved.mkv"))

    assert cut.stored("/films/big.mkv") == BIG
    assert sorted([*arrived, *(number for _, number in cut.storage.sends)]) == [1, 2, 3, 4, 5, 6]
    assert len(arrived) == 3
    assert report["bytes_moved"] + report["bytes_saved"] == len(BIG)
    assert report["files"][0]["target"] == "/films/big.mkv"
    assert cut.json("uploads")["items"] == []


def test_which_parts_have_arrived_is_shown(cut: World) -> None:
    shown = cut.json("uploads", "show", only(cut)["id"])

    assert shown["folder"] == "/films"
    assert {number for _, number in cut.storage.parts} == set(shown["arrived"])
    assert "3 of 6 parts arrived, " in cut.do("uploads", "show", only(cut)["id"])


def test_they_are_listed_with_all_pages_and_latest_first(world: World) -> None:
    world.storage.on_send = lambda number: (_ for _ in ()).throw(Refused("gone"))
    for number in range(5):
        world.run("put", world.file(f"{number}.txt", b"x"), "/")

    assert [line.split()[-1] for line in world.do("uploads").splitlines()] == [
        f"{n}.txt" for n in (4, 3, 2, 1, 0)
    ]
    assert world.do("uploads", "list") == world.do("uploads")


def test_another_file_of_the_same_size_is_refused_and_ruins_nothing(cut: World) -> None:
    other = cut.file("other.mkv", b"!" + BIG[1:])

    result = cut.run(*resume(cut, other))
    cut.do(*resume(cut, cut.home / "moved.mkv"))

    assert result.exit_code == ExitCode.CONFLICT
    assert "not the file that was being sent" in result.stderr
    assert cut.stored("/films/big.mkv") == BIG


def test_a_file_of_another_size_is_refused_before_it_is_read(cut: World) -> None:
    result = cut.run(*resume(cut, cut.file("other.mkv", BIG[:-1])))

    assert result.exit_code == ExitCode.USAGE
    assert f"{len(BIG) - 1} bytes" in result.stderr
    assert only(cut)["state"] == "open"


def test_what_has_arrived_and_was_refused_by_the_drive_needs_no_file(world: World) -> None:
    world.gateway.uploads.commit_refusal = Problem(409, "name_taken", "There is a big.mkv already.")
    world.run("put", world.file("big.mkv", BIG), "/")
    world.gateway.uploads.hold(world.gateway.drive.id, "big.mkv", b"other")
    world.storage.sends.clear()

    world.do(*resume(world, "--conflict", "replace"))

    assert world.stored("/big.mkv") == BIG
    assert world.storage.sends == []


def test_what_has_not_arrived_needs_one(cut: World) -> None:
    result = cut.run(*resume(cut))

    assert result.exit_code == ExitCode.USAGE
    assert "Name the file" in result.stderr


def test_what_was_finished_or_ended_meanwhile_is_told(cut: World) -> None:
    words = resume(cut, cut.home / "moved.mkv")
    cut.do(*words)
    again = cut.json(*words)
    cut.gateway.uploads.by_id[str(words[2])]["state"] = "aborted"
    ended = cut.run(*words)

    assert again["files"][0]["outcome"] == "unchanged"
    assert ended.exit_code == ExitCode.FAILED
    assert "upload_aborted" in ended.stderr


def test_a_cancelled_one_is_gone(cut: World) -> None:
    assert cut.do("uploads", "cancel", only(cut)["id"], "-y") == "1 upload ended.\n"

    assert cut.json("uploads")["items"] == []


@pytest.mark.parametrize("verb", ["show", "resume", "cancel"])
def test_an_id_leads_nowhere_else(world: World, verb: str) -> None:
    assert world.run("uploads", verb, "../account").exit_code == ExitCode.USAGE
    assert world.run("uploads", verb, "0" * 32).exit_code == ExitCode.NOT_FOUND


def test_a_folder_that_is_gone_is_told(cut: World) -> None:
    del cut.gateway.drive.nodes[cut.gateway.drive.path("/films")["id"]]

    assert "to a folder that is gone" in cut.do("uploads", "show", only(cut)["id"])
