"""`stowage get`: whole or not at all, gone on with, proven."""

import json
import os
from pathlib import Path

import pytest

from stowage_client.errors import ExitCode
from stowage_client.storage.errors import Interrupted, LinkExpired, Refused
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World

MIB = 2**20
BIG = os.urandom(5 * 8 * MIB + 99)  # six parts


def hold(world: World, content: bytes, name: str = "big.mkv", folder: str = "/") -> None:
    world.gateway.uploads.hold(world.gateway.drive.folder(folder), name, content)


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 8 * MIB + 1, len(BIG)])
def test_every_size_arrives_whole(world: World, size: int) -> None:
    hold(world, BIG[:size])

    report = world.json("get", "/big.mkv", world.home / "copy.mkv")

    assert (world.home / "copy.mkv").read_bytes() == BIG[:size]
    assert leftovers(world.home) == []
    assert report["files"][0]["outcome"] == "done"
    assert not list((world.home / "state").rglob("*.log"))


def test_a_folder_as_target_takes_the_files_name(world: World) -> None:
    hold(world, b"hello", "ä b.txt")
    (world.home / "in").mkdir()

    world.do("get", "/ä b.txt", f"{world.home / 'in'}/")

    assert (world.home / "in" / "ä b.txt").read_bytes() == b"hello"


def test_a_target_folder_that_is_missing_is_told(world: World) -> None:
    hold(world, b"hello", "a.txt")

    assert world.run("get", "/a.txt", f"{world.home / 'in'}/").exit_code == ExitCode.LOCAL
    assert world.run("get", "/a.txt", world.home / "in" / "a.txt").exit_code == ExitCode.LOCAL


def test_the_second_run_fetches_only_what_is_missing(world: World) -> None:
    hold(world, BIG)
    world.storage.fetch_failures.extend([(10 * MIB, Interrupted("x")) for _ in range(3)])
    world.storage.fetch_failures.append((MIB, Refused("the network is gone")))
    first = world.run("get", "/big.mkv", world.home / "copy.mkv", "--parallel", "1")
    assert first.exit_code == ExitCode.FAILED
    assert not (world.home / "copy.mkv").exists()
    done_before = {offset for _, offset, _ in world.storage.fetches}
    world.storage.fetches.clear()

    report = world.json("get", "/big.mkv", world.home / "copy.mkv")

    assert (world.home / "copy.mkv").read_bytes() == BIG
    assert report["files"][0]["resumed"]
    assert 0 < len(world.storage.fetches) < 6
    assert done_before
    assert leftovers(world.home) == []


def test_what_was_damaged_on_disk_between_runs_is_fetched_again(world: World) -> None:
    hold(world, BIG)
    fetch = world.storage.fetch
    world.storage.fetch = lambda url, offset, size, write: (  # type: ignore[method-assign]
        fetch(url, offset, size, write) if offset < 24 * MIB else (_ for _ in ()).throw(Refused("gone"))
    )
    world.run("get", "/big.mkv", world.home / "copy.mkv", "--parallel", "1")
    world.storage.fetch = fetch  # type: ignore[method-assign]
    [partial] = [world.home / name for name in leftovers(world.home)]
    with partial.open("r+b") as file:
        file.seek(9 * MIB)
        file.write(b"damage")
    world.storage.fetches.clear()

    world.do("get", "/big.mkv", world.home / "copy.mkv")

    assert (world.home / "copy.mkv").read_bytes() == BIG
    assert sorted(offset // (8 * MIB) for _, offset, _ in world.storage.fetches) == [1, 3, 4, 5]


def test_a_broken_connection_is_gone_on_with_where_it_broke(world: World) -> None:
    hold(world, BIG)
    world.storage.fetch_failures.append((3 * MIB, Interrupted("connection reset")))

    world.do("get", "/big.mkv", world.home / "copy.mkv", "--parallel", "1")

    assert (world.home / "copy.mkv").read_bytes() == BIG
    assert (3 * MIB, 5 * MIB) in [fetch[1:] for fetch in world.storage.fetches]


def test_an_expired_url_is_asked_for_again(world: World) -> None:
    hold(world, BIG)
    world.storage.fetch_failures.append((0, LinkExpired("403")))

    world.do("get", "/big.mkv", world.home / "copy.mkv")

    assert (world.home / "copy.mkv").read_bytes() == BIG
    assert world.gateway.count()["GET /files/*/content"] == 2


def test_a_file_that_was_replaced_meanwhile_is_told(world: World) -> None:
    hold(world, BIG)
    node = world.gateway.drive.path("/big.mkv")
    world.storage.fetch_failures.append((0, LinkExpired("403")))
    content = world.gateway.uploads.content

    def replaced(file_id: str, version: str | None) -> object:
        answer = content(file_id, version)
        node["content_hash"] = "0" * 64
        return answer

    world.gateway.uploads.content = replaced  # type: ignore[assignment, method-assign]

    result = world.run("get", "/big.mkv", world.home / "copy.mkv")

    assert result.exit_code == ExitCode.CONFLICT
    assert "replaced on the server" in result.stderr


def test_bytes_that_do_not_fit_their_hash_never_become_the_file(world: World) -> None:
    hold(world, BIG)
    blob = world.gateway.drive.path("/big.mkv")["blob"]
    world.storage.blobs[blob] = BIG[:-1] + bytes([BIG[-1] ^ 1])

    result = world.run("get", "/big.mkv", world.home / "copy.mkv")

    assert result.exit_code == ExitCode.DAMAGED
    assert "damaged_content" in result.stderr
    assert not (world.home / "copy.mkv").exists()
    assert leftovers(world.home) == []


def test_another_file_in_the_way_is_kept_unless_forced(world: World) -> None:
    hold(world, b"hello", "a.txt")
    copy = world.file("copy.txt", b"mine!")

    assert world.run("get", "/a.txt", copy).exit_code == ExitCode.LOCAL
    assert copy.read_bytes() == b"mine!"

    world.do("get", "/a.txt", copy, "--force")
    assert copy.read_bytes() == b"hello"


def test_the_same_file_in_the_way_is_enough(world: World) -> None:
    hold(world, BIG)
    world.file("copy.mkv", BIG)

    report = world.json("get", "/big.mkv", world.home / "copy.mkv")

    assert report["files"][0]["outcome"] == "unchanged"
    assert world.storage.fetches == []


def test_a_file_that_appears_meanwhile_is_not_overwritten(world: World) -> None:
    hold(world, b"hello", "a.txt")
    fetch = world.storage.fetch

    def appear(url: str, offset: int, size: int, write: object) -> None:
        world.file("copy.txt", b"mine!")
        fetch(url, offset, size, write)  # type: ignore[arg-type]

    world.storage.fetch = appear  # type: ignore[method-assign, assignment]

    assert world.run("get", "/a.txt", world.home / "copy.txt").exit_code == ExitCode.LOCAL
    assert (world.home / "copy.txt").read_bytes() == b"mine!"


def test_a_folder_needs_r(world: World) -> None:
    world.gateway.drive.folder("/films")

    result = world.run("get", "/films", world.home)

    assert result.exit_code == ExitCode.USAGE
    assert "Add -r" in result.stderr


def test_a_folder_comes_with_all_it_holds_and_again_for_nothing(world: World) -> None:
    for number in range(10):
        hold(world, f"picture {number}".encode(), f"{number}.jpg", f"/photos/{number % 3}")
    hold(world, BIG, "big.mkv", "/photos")
    world.gateway.drive.folder("/photos/empty")

    world.do("get", "-r", "/photos", world.home)

    assert (world.home / "photos/1/4.jpg").read_bytes() == b"picture 4"
    assert (world.home / "photos/big.mkv").read_bytes() == BIG
    assert (world.home / "photos/empty").is_dir()
    world.storage.fetches.clear()
    said = world.do("get", "-r", "/photos", world.home)
    assert "11 unchanged" in said
    assert world.storage.fetches == []


def test_a_server_cannot_write_outside_the_folder(world: World) -> None:
    hold(world, b"evil", "../evil.txt", "/photos")

    result = world.run("get", "-r", "/photos", world.home)

    assert result.exit_code == ExitCode.LOCAL
    assert not (world.home / "evil.txt").exists()
    assert not (world.home.parent / "evil.txt").exists()


def test_a_link_below_the_target_does_not_lead_out_of_it(world: World) -> None:
    hold(world, b"new", "a.txt", "/photos/2023/may")
    hold(world, b"fine", "b.txt", "/photos")
    (world.home / "elsewhere").mkdir()
    (world.home / "photos").mkdir()
    (world.home / "photos" / "2023").symlink_to(world.home / "elsewhere")

    result = world.run("get", "-r", "/photos", world.home)

    assert result.exit_code == ExitCode.LOCAL
    assert "symbolic link" in " ".join(result.output.split())
    assert list((world.home / "elsewhere").iterdir()) == []
    assert (world.home / "photos" / "b.txt").read_bytes() == b"fine"


def test_a_link_with_the_folders_name_is_not_the_target_either(world: World) -> None:
    hold(world, b"new", "a.txt", "/photos")
    (world.home / "elsewhere").mkdir()
    (world.home / "photos").symlink_to(world.home / "elsewhere")

    result = world.run("get", "-r", "/photos", world.home)

    assert result.exit_code == ExitCode.LOCAL
    assert list((world.home / "elsewhere").iterdir()) == []


def test_a_target_that_is_a_link_is_where_the_person_wants_it(world: World) -> None:
    hold(world, b"new", "a.txt", "/photos/2023")
    (world.home / "elsewhere").mkdir()
    (world.home / "link").symlink_to(world.home / "elsewhere")

    world.do("get", "-r", "/photos", world.home / "link")

    assert (world.home / "elsewhere" / "photos" / "2023" / "a.txt").read_bytes() == b"new"


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_link_in_a_files_place_is_never_written_through(world: World, force: tuple[str, ...]) -> None:
    hold(world, b"new", "a.txt", "/photos")
    mine = world.file("mine.txt", b"mine!")
    (world.home / "photos").mkdir()
    (world.home / "photos" / "a.txt").symlink_to(mine)

    world.run("get", "-r", "/photos", world.home, *force)

    assert mine.read_bytes() == b"mine!"
    assert (world.home / "photos" / "a.txt").is_symlink() is not bool(force)


def test_a_file_where_a_folder_must_be_stops_what_lies_below_and_nothing_else(world: World) -> None:
    hold(world, b"new", "a.txt", "/photos/2023/may")
    hold(world, b"fine", "b.txt", "/photos/2024")
    (world.home / "photos").mkdir()
    world.file("photos/2023", b"mine!")

    result = world.run("get", "-r", "/photos", world.home, "--json")

    assert (world.home / "photos" / "2023").read_bytes() == b"mine!"
    assert (world.home / "photos" / "2024" / "b.txt").read_bytes() == b"fine"
    assert result.exit_code == ExitCode.LOCAL
    assert sorted((each["outcome"], each["source"]) for each in json.loads(result.stdout)["files"]) == [
        ("done", "/photos/2024/b.txt"),
        ("failed", "/photos/2023"),
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("CON", "device"),
        ("nul.tar.gz", "device"),
        ("Com1 .txt", "device"),
        ("COM¹.txt", "device"),
        ("a:b", ": in its name"),
        ("what?.txt", "? in its name"),
        ("name.", "at the end"),
        ("name ", "at the end"),
    ],
)
def test_what_windows_cannot_hold_is_explained_and_the_rest_comes(world: World, name: str, why: str) -> None:
    for each in (name, "fine.txt"):
        hold(world, b"hello", each, "/photos")
    world.windows = True

    result = world.run("get", "-r", "/photos", world.home)

    assert result.exit_code == ExitCode.LOCAL
    assert why in " ".join(result.output.split())
    assert os.listdir(world.home / "photos") == ["fine.txt"]


def test_what_windows_cannot_hold_is_fetched_under_another_name(world: World) -> None:
    hold(world, b"hello", "CON.txt")
    world.windows = True

    refused = world.run("get", "/CON.txt", world.home)
    world.do("get", "/CON.txt", world.home / "con-file.txt")

    assert refused.exit_code == ExitCode.LOCAL
    assert "another name" in " ".join(refused.output.split())
    assert (world.home / "con-file.txt").read_bytes() == b"hello"


@pytest.mark.parametrize("name", ["CON", "nul.tar.gz", "a:b", "what?.txt", "name.", "back\\slash"])
def test_elsewhere_every_name_is_as_good_as_any(world: World, name: str) -> None:
    hold(world, b"hello", name)
    world.do("get", f"/{name}", world.home)
    assert (world.home / name).read_bytes() == b"hello"


def test_a_backslash_does_not_lead_out_of_a_folder_on_windows(world: World) -> None:
    hold(world, b"evil", "..\\..\\evil.txt", "/photos")
    world.windows = True

    assert world.run("get", "-r", "/photos", world.home).exit_code == ExitCode.LOCAL
    assert os.listdir(world.home / "photos") == []


def test_two_processes_do_not_fetch_the_same_file_to_the_same_place(world: World) -> None:
    hold(world, b"hello", "a.txt")
    fetch = world.storage.fetch
    second: list[int] = []

    def meanwhile(url: str, offset: int, size: int, write: object) -> None:
        world.storage.fetch = fetch  # type: ignore[method-assign]
        second.append(world.run("get", "/a.txt", world.home / "copy.txt").exit_code)
        fetch(url, offset, size, write)  # type: ignore[arg-type]

    world.storage.fetch = meanwhile  # type: ignore[method-assign, assignment]

    world.do("get", "/a.txt", world.home / "copy.txt")

    assert second == [ExitCode.LOCAL]
    assert (world.home / "copy.txt").read_bytes() == b"hello"


def test_what_is_not_there_is_told_by_its_exit_code(world: World) -> None:
    result = world.run("get", "/nothing", world.home / "x")

    assert result.exit_code == ExitCode.NOT_FOUND
    assert "node_not_found, request req-1" in result.stderr


def test_a_server_that_is_busy_is_waited_for(world: World) -> None:
    hold(world, b"hello", "a.txt")
    world.gateway.refusals.append(("GET", "/files/.*/content", Problem(503, "unavailable", retry_after="3")))

    world.do("get", "/a.txt", world.home / "x")

    assert max(world.pauses) >= 3


def test_a_folder_that_is_missing_here_is_named(world: World) -> None:
    world.gateway.uploads.hold(world.gateway.drive.id, "a.txt", b"a")

    result = world.run("get", "/a.txt", world.home / "nosuch" / "a.txt")

    assert result.exit_code == ExitCode.LOCAL
    assert f"There is no folder {world.home / 'nosuch'}. (local)" in result.stderr
