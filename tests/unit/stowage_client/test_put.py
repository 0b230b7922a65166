"""`stowage put`, one file."""

import os
from pathlib import Path

import pytest

from stowage_client.errors import ExitCode
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World

MIB = 2**20
BIG = os.urandom(3 * 8 * MIB + 99)  # four parts


def test_a_small_file_takes_a_look_at_its_folder_and_two_calls(world: World) -> None:
    world.gateway.drive.folder("/films")

    world.do("put", world.file("a.txt", b"hello"), "/films/")

    assert world.stored("/films/a.txt") == b"hello"
    assert dict(world.gateway.count()) == {
        "GET /paths/films": 1,
        "POST /uploads": 1,
        "POST /uploads/*/complete": 1,
    }


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 8 * MIB + 1, 16 * MIB])
def test_every_size_arrives_whole(world: World, size: int) -> None:
    content = os.urandom(size)

    world.do("put", world.file("a.bin", content), "/")

    assert world.stored("/a.bin") == content
    assert world.tickets == []


def test_a_big_file_goes_by_parts(world: World) -> None:
    report = world.json("put", world.file("big.mkv", BIG), "/")

    assert world.stored("/big.mkv") == BIG
    assert sorted(number for _, number in world.storage.sends) == [1, 2, 3, 4]
    assert report["bytes"] == len(BIG)
    assert report["files"][0]["outcome"] == "done"
    assert report["files"][0]["target"] == "/big.mkv"
    assert world.storage.closed


def test_a_path_that_is_no_folder_is_the_new_name(world: World) -> None:
    world.gateway.drive.folder("/films")

    world.do("put", world.file("a.txt", b"hello"), "/films/b.txt")

    assert world.names("/films") == ["b.txt"]


def test_a_missing_folder_is_an_error_that_says_what_to_do(world: World) -> None:
    result = world.run("put", world.file("a.txt", b"hello"), "/films/")

    assert result.exit_code == ExitCode.NOT_FOUND
    assert "--parents" in result.stderr
    assert "req-1" in result.stderr


def test_missing_folders_are_made_if_asked(world: World) -> None:
    world.do("put", "-p", world.file("a.txt", b"hello"), "/films/1927/")

    assert world.stored("/films/1927/a.txt") == b"hello"


@pytest.mark.parametrize(
    "name", ["100 % grün? #1 & more.txt", "日本語 ファイル.txt", "a+b;c=d.txt", "e\u0301.txt"]
)
def test_names_keep_their_spelling(world: World, name: str) -> None:
    world.do("put", world.file(name, b"x"), "/")

    assert world.names() == [name]
    assert world.do("ls") == f"{name}\n"
    assert world.json("ls", f"/{name}")["items"][0]["name"] == name


def test_a_taken_name_fails_and_says_what_to_choose(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.id, "a.txt", b"other")

    result = world.run("put", world.file("a.txt", b"hello"), "/")

    assert result.exit_code == ExitCode.CONFLICT
    assert "name_taken" in result.stderr
    assert "--conflict replace" in result.stderr
    assert world.stored("/a.txt") == b"other"
    assert world.tickets == []


@pytest.mark.parametrize("content", [b"hello", BIG])
@pytest.mark.parametrize("rule", ["fail", "replace"])
def test_what_is_there_already_is_not_sent_again(world: World, rule: str, content: bytes) -> None:
    world.gateway.uploads.hold(world.gateway.drive.id, "a.bin", content)

    report = world.json("put", world.file("a.bin", content), "/", "--conflict", rule)

    assert report["files"][0]["outcome"] == "unchanged"
    assert report["bytes"] == 0
    assert world.storage.sends == []


def test_replace_replaces(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.id, "a.txt", b"other")

    world.do("put", world.file("a.txt", b"hello"), "/", "--conflict", "replace")

    assert world.stored("/a.txt") == b"hello"


def test_rename_takes_another_name_and_says_which(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.id, "a.txt", b"other")

    said = world.do("put", world.file("a.txt", b"hello"), "/", "--conflict", "rename")

    assert world.stored("/a.txt (2)") == b"hello"
    assert "/a.txt (2)" in said


def test_a_completion_that_takes_its_time_is_waited_for(world: World) -> None:
    world.gateway.uploads.polls_before_commit = 12

    world.do("put", world.file("big.mkv", BIG), "/")

    assert world.stored("/big.mkv") == BIG


def test_an_upload_that_failed_says_why_and_leaves_nothing(world: World) -> None:
    world.gateway.uploads.failure = ("other_bytes", "Storage holds other bytes.")

    result = world.run("put", world.file("a.txt", b"hello"), "/")

    assert result.exit_code == ExitCode.FAILED
    assert "Storage holds other bytes. (other_bytes)" in result.stderr
    assert world.tickets == []


def test_a_full_drive_is_told_by_its_exit_code(world: World) -> None:
    world.gateway.refusals.append(("POST", "/uploads", Problem(507, "quota_exceeded", "Your drive is full.")))

    result = world.run("put", world.file("a.txt", b"hello"), "/")

    assert result.exit_code == ExitCode.NO_ROOM
    assert "Your drive is full. (quota_exceeded, request req-1)" in result.stderr


def test_a_source_that_is_not_there_is_told_before_anything_is_sent(world: World) -> None:
    result = world.run("put", world.home / "nothing", "/")

    assert result.exit_code == ExitCode.LOCAL
    assert "nothing" in result.stderr


def test_a_device_is_refused_in_words(world: World) -> None:
    result = world.run("put", Path("/dev/null"), "/")

    assert result.exit_code == ExitCode.LOCAL
    assert "it is a device, not a file" in result.stderr
