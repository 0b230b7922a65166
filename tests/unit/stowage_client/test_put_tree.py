"""`stowage put` of folders and of many files."""

import os
import socket

from stowage_client.errors import ExitCode
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World


def tree(world: World, count: int = 30) -> None:
    for number in range(count):
        world.file(f"photos/{number % 3}/deep/{number}.jpg", f"picture {number}".encode())
    world.file("photos/readme.txt", b"all mine")
    (world.home / "photos" / "empty").mkdir()


def test_a_folder_arrives_with_all_it_holds(world: World) -> None:
    tree(world)

    report = world.json("put", world.home / "photos", "/")

    assert world.names("/photos") == ["0", "1", "2", "empty", "readme.txt"]
    assert world.stored("/photos/1/deep/4.jpg") == b"picture 4"
    assert report["folders_made"] == 8
    assert {file["outcome"] for file in report["files"]} == {"done"}


def test_a_new_folder_costs_one_call_and_many_small_files_two(world: World) -> None:
    tree(world, 9)

    world.do("put", world.home / "photos", "/")

    assert dict(world.gateway.count()) == {
        "GET /paths/": 1,
        "GET /paths/photos": 1,
        "POST /folders": 8,
        "POST /bundles": 1,
        "POST /bundles/*/complete": 1,
    }


def test_the_second_run_sends_only_what_is_new(world: World) -> None:
    tree(world)
    world.do("put", world.home / "photos", "/")
    world.file("photos/0/deep/new.jpg", b"new")
    world.storage.sends.clear()
    world.gateway.requests.clear()

    report = world.json("put", world.home / "photos", "/")

    outcomes = [file["outcome"] for file in report["files"]]
    assert (outcomes.count("done"), outcomes.count("unchanged")) == (1, 31)
    assert len(world.storage.sends) == 1
    assert world.gateway.count()["GET /folders/*/entries"] < 20


def test_the_report_says_what_was_sent_and_what_was_there_already(world: World) -> None:
    world.file("in/a.bin", bytes(3 * 2**20))
    world.do("put", world.home / "in", "/")
    world.file("in/b.bin", bytes(2**20))

    said = world.do("put", world.home / "in", "/")

    assert "Sent 1 file, 1 unchanged: 1.0 MiB in " in said
    assert said.endswith("; 3.0 MiB were there already.\n")


def test_who_wants_it_quiet_reads_of_failures_only(world: World) -> None:
    tree(world)
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos"), "readme.txt", b"other")

    result = world.run("put", "-q", world.home / "photos", "/")
    fine = world.run("get", "-q", "-r", "/photos", world.home / "back")

    assert result.stdout == fine.output == ""
    assert len(result.stderr.splitlines()) == 2
    assert "readme.txt" in result.stderr


def test_one_bad_file_spoils_no_other_and_decides_the_exit_code(world: World) -> None:
    tree(world)
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos"), "readme.txt", b"other")

    result = world.run("put", world.home / "photos", "/")

    assert result.exit_code == ExitCode.CONFLICT
    assert "1 of 31 failed" in result.stderr
    assert "readme.txt" in result.stderr
    assert world.stored("/photos/1/deep/4.jpg") == b"picture 4"


def test_a_file_where_a_folder_should_be_fails_what_is_below_it_only(world: World) -> None:
    tree(world)
    world.gateway.uploads.hold(world.gateway.drive.folder("/photos"), "1", b"I am a file")

    result = world.run("put", world.home / "photos", "/", "--json")

    assert result.exit_code == ExitCode.CONFLICT
    assert result.stdout.count('"outcome": "failed"') == 10
    assert world.stored("/photos/2/deep/5.jpg") == b"picture 5"


def test_links_and_special_files_are_skipped_with_words(world: World) -> None:
    tree(world)
    photos = world.home / "photos"
    (photos / "loop").symlink_to(photos)
    (photos / "link.jpg").symlink_to(photos / "readme.txt")
    os.mkfifo(photos / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(photos / "socket"))
    (photos / os.fsdecode(b"caf\xe9")).write_bytes(b"latin")

    said = world.do("put", photos, "/")

    assert "31 files, 5 skipped" in said
    for words in ("a named pipe", "a socket", "a symbolic link", "not UTF-8"):
        assert words in said


def test_links_are_followed_if_asked_but_never_in_circles(world: World) -> None:
    tree(world)
    photos = world.home / "photos"
    (photos / "loop").symlink_to(photos)
    (photos / "link.jpg").symlink_to(photos / "readme.txt")
    (photos / "broken").symlink_to("nowhere")
    world.file("elsewhere/a.txt", b"from elsewhere")
    (photos / "other").symlink_to(world.home / "elsewhere")

    said = world.do("put", "-L", photos, "/")

    assert world.stored("/photos/link.jpg") == b"all mine"
    assert world.stored("/photos/other/a.txt") == b"from elsewhere"
    assert "33 files, 2 skipped" in said
    assert "a folder that holds it" in said


def test_several_sources_need_a_folder(world: World) -> None:
    a, b = world.file("a", b"a"), world.file("b", b"b")
    world.gateway.uploads.hold(world.gateway.drive.id, "target", b"file")

    result = world.run("put", a, b, "/target")

    assert result.exit_code == ExitCode.USAGE
    assert "is a file, not a folder" in result.stderr


def test_an_ended_session_stops_everything_at_once(world: World) -> None:
    tree(world)
    world.gateway.refusals.append(("POST", "/folders", Problem(401, "unauthenticated")))
    world.gateway.signed_in = False

    result = world.run("put", world.home / "photos", "/")

    assert result.exit_code == ExitCode.NOT_SIGNED_IN
    assert "stowage login" in result.stderr


def test_the_folder_itself_may_be_named_by_a_dot(world: World, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    tree(world, 1)
    monkeypatch.chdir(world.home / "photos")

    world.do("put", ".", "/")

    assert world.stored("/photos/readme.txt") == b"all mine"
