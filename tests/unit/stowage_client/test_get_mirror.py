"""`stowage get -r` again and again: only what is different moves, and the folder here can become like the one there."""

import json
import os
from pathlib import Path

import pytest

from stowage_client.errors import ExitCode
from stowage_client.transfer.exclusion import Exclusion
from stowage_client.transfer.mirror import FolderImage, folds_case
from tests.unit.stowage_client.conftest import World


def hold(world: World, content: bytes, path: str) -> None:
    folder, _, name = path.rpartition("/")
    world.gateway.uploads.hold(world.gateway.drive.folder(folder or "/"), name, content)


@pytest.fixture
def photos(world: World) -> Path:
    """`/photos`, and its image here."""
    hold(world, b"one", "/photos/a.jpg")
    hold(world, b"two", "/photos/deep/b.jpg")
    world.gateway.drive.folder("/photos/empty")
    world.do("get", "-r", "/photos", world.home)
    world.gateway.requests.clear()
    world.storage.fetches.clear()
    return world.home / "photos"


def mirror(world: World, *more: str) -> dict[str, list[str]]:
    """What came of each file, by outcome; fails if one failed."""
    said: dict[str, list[str]] = {}
    for file in world.json("get", "-r", "/photos", world.home, "--force", "--delete", *more)["files"]:
        said.setdefault(file["outcome"], []).append(file["target"].removeprefix(f"{world.home}/photos/"))
    return said


def test_the_second_run_asks_for_folders_only(world: World, photos: Path) -> None:
    report = world.json("get", "-r", "/photos", world.home)

    assert {file["why"] for file in report["files"]} == {"its size and time are the same"}
    assert world.gateway.count()["GET /files/*/content"] == 0
    assert (report["bytes_moved"], report["bytes_saved"]) == (0, 6)


def test_files_have_the_time_of_their_last_change_to_the_microsecond(world: World) -> None:
    world.moment = 1_800_000_000.123457
    hold(world, b"one", "/photos/a.jpg")
    world.do("get", "-r", "/photos", world.home)
    modified_ns = (world.home / "photos" / "a.jpg").stat().st_mtime_ns
    assert modified_ns == world.now().microsecond * 1000 + 1_800_000_000 * 10**9


def test_what_is_younger_here_is_compared_by_its_bytes(world: World, photos: Path) -> None:
    os.utime(photos / "a.jpg")
    [file] = [
        each
        for each in world.json("get", "-r", "/photos", world.home)["files"]
        if each["source"] == "/photos/a.jpg"
    ]
    assert (file["outcome"], file["why"]) == ("unchanged", "it is there already, byte for byte")
    assert world.storage.fetches == []


def test_bytes_that_changed_behind_an_old_time_are_found_by_checksum(world: World, photos: Path) -> None:
    before = (photos / "a.jpg").stat()
    (photos / "a.jpg").write_bytes(b"bad")
    os.utime(photos / "a.jpg", ns=(before.st_atime_ns, before.st_mtime_ns))

    assert mirror(world) == {"unchanged": ["a.jpg", "deep/b.jpg"]}
    assert mirror(world, "--checksum") == {"done": ["a.jpg"], "unchanged": ["deep/b.jpg"]}
    assert (photos / "a.jpg").read_bytes() == b"one"


def test_a_link_to_the_same_bytes_is_not_taken_for_the_file(world: World, photos: Path) -> None:
    (photos / "a.jpg").rename(photos / "real")
    (photos / "a.jpg").symlink_to("real")

    assert mirror(world) == {"deleted": ["real"], "done": ["a.jpg"], "unchanged": ["deep/b.jpg"]}

    assert (photos / "a.jpg").read_bytes() == b"one"
    assert not (photos / "a.jpg").is_symlink()


def test_delete_removes_what_stands_here_only(world: World, photos: Path) -> None:
    world.file("photos/deep/old/c.jpg", b"c")
    world.file("photos/mine.txt", b"mine")
    world.file("mine.txt", b"outside")

    assert mirror(world)["deleted"] == ["mine.txt", "deep/old"]

    assert sorted(str(path.relative_to(photos)) for path in photos.rglob("*")) == [
        "a.jpg",
        "deep",
        "deep/b.jpg",
        "empty",
    ]
    assert (world.home / "mine.txt").read_bytes() == b"outside"


def test_without_delete_nothing_goes(world: World, photos: Path) -> None:
    mine = world.file("photos/mine.txt", b"mine")
    world.do("get", "-r", "/photos", world.home, "--force")
    assert mine.exists()


def test_a_dry_run_says_what_would_go_and_leaves_it(world: World, photos: Path) -> None:
    mine = world.file("photos/old/mine.txt", b"mine")
    said = world.do("get", "-r", "/photos", world.home, "--delete", "-n")
    assert f"deleted: {photos / 'old'}" in said
    assert "1 deleted" in said
    assert mine.exists()


def test_of_a_link_only_the_link_goes(world: World, photos: Path) -> None:
    outside = world.file("outside/mine.txt", b"mine")
    (photos / "link").symlink_to(outside.parent)
    world.file("photos/old/x", b"x")
    (photos / "old" / "link").symlink_to(outside.parent)

    assert sorted(mirror(world)["deleted"]) == ["link", "old"]

    assert outside.read_bytes() == b"mine"
    assert not os.path.lexists(photos / "link")


def test_what_is_left_out_is_not_deleted_either(world: World, photos: Path) -> None:
    kept = [world.file(f"photos/{name}", b"x") for name in ("a.tmp", "old/b.tmp", "deep/node/c")]
    gone = world.file("photos/old/c.jpg", b"c")

    mirror(world, "--exclude", "*.tmp", "--exclude", "node/")

    assert all(path.exists() for path in kept)
    assert not gone.exists()


def test_what_another_run_has_begun_to_fetch_stays(world: World, photos: Path) -> None:
    begun = world.file("photos/.stowage-0123.part", b"half")
    mirror(world)
    assert begun.exists()


def test_a_folder_that_could_not_be_listed_to_its_end_loses_nothing(world: World, photos: Path) -> None:
    mine = world.file("photos/deep/mine.txt", b"mine")
    handle = world.handler

    def failing(request: object) -> object:
        answer = handle(request)  # type: ignore[arg-type]
        if "/children" in str(request.url) or "/entries" in str(request.url):  # type: ignore[attr-defined]
            answer.status_code = 418
        return answer

    world.handler = failing  # type: ignore[assignment]
    assert world.run("get", "-r", "/photos", world.home, "--delete").exit_code != 0
    assert mine.exists()


@pytest.mark.parametrize("path", ["/photos/a.jpg", "/photos"])
def test_delete_is_for_folders(world: World, photos: Path, path: str) -> None:
    assert world.run("get", path, world.home, "--delete").exit_code == ExitCode.USAGE
    assert world.run("get", "-r", "/photos/a.jpg", world.home, "--delete").exit_code == ExitCode.USAGE
    assert (photos / "deep" / "b.jpg").exists()


def test_of_two_names_that_the_disk_takes_for_one_the_second_is_told(world: World) -> None:
    world.windows = True
    for name in ("A.jpg", "a.JPG", "b.jpg"):
        hold(world, name.encode(), f"/photos/{name}")

    result = world.run("get", "-r", "/photos", world.home, "--json", "--force")

    outcomes = sorted((each["outcome"], each["source"]) for each in json.loads(result.stdout)["files"])
    assert result.exit_code == ExitCode.LOCAL
    assert [outcome for outcome, _ in outcomes] == ["done", "done", "failed"]
    assert outcomes[-1][1].lower() == "/photos/a.jpg"


def test_what_the_disk_writes_in_another_way_is_still_the_same(tmp_path: Path) -> None:
    (tmp_path / "GRO\u0308SSE").touch()
    (tmp_path / "other").touch()
    for folds, extras in ((True, ["other"]), (False, ["GRO\u0308SSE", "other"])):
        image = FolderImage(folds_case=folds)
        image.take("gr\u00f6\u00dfe")
        assert [path.name for path in image.extras(tmp_path, (), Exclusion())] == extras


def test_this_disk_is_asked_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "Case").touch()
    assert folds_case(tmp_path) is (tmp_path / "cASE").exists()
    assert os.listdir(tmp_path) == ["Case"]
    assert not folds_case(tmp_path / "nowhere")
