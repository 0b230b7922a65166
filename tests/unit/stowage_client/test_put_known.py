"""`stowage put` of what the drive holds already: it is not sent again, and the report says how much that was."""

import os

from tests.unit.stowage_client.conftest import World

SMALL = os.urandom(4321)


def test_a_file_that_the_drive_holds_elsewhere_is_not_sent_again(world: World) -> None:
    world.run("put", world.file("one.txt", SMALL), "/")
    world.storage.sends.clear()
    report = world.json("put", world.file("two.txt", SMALL), "/")
    assert world.storage.sends == []
    assert world.stored("/two.txt") == world.stored("/one.txt") == SMALL
    assert (report["bytes_moved"], report["bytes_saved"]) == (0, len(SMALL))
    assert report["files"][0]["outcome"] == "done"


def test_the_report_says_what_was_there_already(world: World) -> None:
    world.run("put", world.file("one.txt", SMALL), "/")
    told = world.run("put", world.file("two.txt", SMALL), "/")
    assert "4.2 KiB were there already" in told.stdout + told.stderr


def test_a_file_that_differs_is_sent(world: World) -> None:
    world.run("put", world.file("one.txt", SMALL), "/")
    report = world.json("put", world.file("two.txt", SMALL[:-1] + b"!"), "/")
    assert report["bytes_saved"] == 0
    assert report["bytes_moved"] == len(SMALL)
