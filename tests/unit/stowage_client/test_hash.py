"""`stowage hash`: what a file would be called by its content."""

import os

import pytest

from stowage_client.errors import ExitCode, UsageError
from stowage_client.layout import MIB, layout_of, spans
from tests.unit.stowage_client.conftest import World


@pytest.mark.parametrize("size", [0, 5, 8 * MIB, 3 * 8 * MIB + 99])
def test_it_is_what_the_server_shows(world: World, size: int) -> None:
    file = world.file("a.bin", os.urandom(size))
    world.do("put", file, "/")
    world.gateway.requests.clear()

    [here], [there] = world.json("hash", file)["items"], world.json("ls", "/a.bin")["items"]

    assert (here["content_hash"], here["layout"]) == (there["content_hash"], there["layout"])
    assert world.do("hash", file) == f"{here['content_hash']}  {file}\n"


def test_no_server_is_asked(stranger: World) -> None:
    stranger.variables["STOWAGE_URL"] = "no address"

    stranger.do("hash", stranger.file("a.txt", b"hello"))

    assert stranger.gateway.requests == []


def test_one_file_that_cannot_be_read_spoils_no_other(world: World) -> None:
    result = world.run("hash", world.home / "nothing", world.file("a.txt", b"hello"))

    assert result.exit_code == ExitCode.LOCAL
    assert "a.txt" in result.stdout
    assert "nothing: No such file" in result.stderr


def test_one_alone_that_cannot_be_read_is_told_as_an_error(world: World) -> None:
    result = world.run("hash", world.home)

    assert result.exit_code == ExitCode.LOCAL
    assert "not a regular file" in result.stderr


@pytest.mark.parametrize(
    ("size", "layout"),
    [
        (0, "p23"),
        (8000 * MIB, "p23"),
        (8000 * MIB + 1, "p24"),
        (4096 * 1000 * MIB, "p32"),
        (4096 * 1000 * MIB + 1, "p5g"),
        (5120 * 1000 * MIB, "p5g"),
    ],
)
def test_a_file_has_the_smallest_parts_of_which_a_thousand_are_enough(size: int, layout: str) -> None:
    assert layout_of(size) == layout
    assert sum(1 for _ in spans(layout, size)) <= 1000


def test_more_than_a_file_can_have_has_no_layout() -> None:
    with pytest.raises(UsageError):
        layout_of(5120 * 1000 * MIB + 1)
