"""What a file was: listed, fetched, kept, forgotten, and made so again."""

import pytest

from stowage_client.errors import ExitCode
from tests.unit.stowage_client.conftest import World

FILE = "/films/big.mkv"


@pytest.fixture
def furnished(world: World) -> World:
    """A file that has had two other contents before."""
    world.gateway.uploads.hold(world.gateway.drive.folder("/films"), "big.mkv", b"x" * 700)
    world.gateway.drive.path(FILE)["sizes"] = [5, 3_000, 700]
    world.gateway.uploads.hold_version(1, b"first")
    return world


def numbers(world: World) -> list[int]:
    return [version["number"] for version in world.json("versions", FILE)["items"]]


def test_a_past_version_becomes_the_current_one_again(furnished: World) -> None:
    listed = [line.split()[:3] for line in furnished.do("versions", FILE).splitlines()]
    assert listed == [["3", "700", "B"], ["2", "2.9", "KiB"], ["1", "5", "B"]]
    furnished.do("revert", FILE, "1")
    assert furnished.json("versions", FILE)["items"][0] == {
        **furnished.json("versions", FILE)["items"][0],
        "number": 4,
        "size": 5,
        "current": True,
    }
    assert furnished.run("revert", FILE, "9").exit_code == ExitCode.NOT_FOUND
    assert furnished.run("versions", "/films").exit_code == ExitCode.CONFLICT


def test_versions_of_a_path_are_listed_whether_list_is_said_or_not(furnished: World) -> None:
    assert furnished.json("versions", "list", FILE) == furnished.json("versions", FILE)
    assert furnished.run("versions", "--json", FILE).exit_code == ExitCode.OK


def test_a_file_is_fetched_as_it_was(furnished: World) -> None:
    before = furnished.home / "before.mkv"

    fetched = furnished.json("versions", "get", FILE, "1", before)

    assert (before.read_bytes(), fetched["bytes"]) == (b"first", 5)
    assert furnished.run("versions", "get", FILE, "9", before).exit_code == ExitCode.NOT_FOUND
    assert furnished.run("versions", "get", "/films", "1", before).exit_code == ExitCode.CONFLICT


def test_another_file_gives_way_to_a_version_only_by_force(furnished: World) -> None:
    before = furnished.file("before.mkv", b"mine")

    assert furnished.run("versions", "get", FILE, "1", before).exit_code == ExitCode.LOCAL
    furnished.do("versions", "get", FILE, "1", before, "--force")

    assert before.read_bytes() == b"first"


def test_a_version_is_kept_and_let_go(furnished: World) -> None:
    assert furnished.do("versions", "keep", FILE, "1").endswith("  kept\n")
    assert not furnished.json("versions", "keep", FILE, "1", "--let-go")["kept"]


def test_versions_are_deleted_and_the_current_one_is_not(furnished: World) -> None:
    assert furnished.do("versions", "rm", FILE, "1", "2") == f"2 versions of {FILE} deleted for ever.\n"

    assert numbers(furnished) == [3]
    assert furnished.run("versions", "rm", FILE, "3").exit_code == ExitCode.CONFLICT
    assert furnished.run("versions", "rm", FILE, "1").exit_code == ExitCode.NOT_FOUND
