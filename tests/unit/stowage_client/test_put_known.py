"""`stowage put` of what the drive holds already: it is not sent again, and the report says how much that was."""

import os

from stowage_client.storage.errors import Refused
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World

SMALL = os.urandom(4321)
PART_BYTES = 8 * 2**20
BIG = os.urandom(5 * PART_BYTES + 99)  # six parts


def sent(world: World) -> list[int]:
    return sorted(number for _, number in world.storage.sends)


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


def test_of_a_changed_file_only_the_changed_parts_are_sent(world: World) -> None:
    world.run("put", world.file("big.bin", BIG), "/")
    world.storage.sends.clear()
    changed = BIG[: 2 * PART_BYTES] + b"!" + BIG[2 * PART_BYTES + 1 :] + b"longer"
    report = world.json("put", world.file("big.bin", changed), "/", "--conflict", "replace")
    assert sent(world) == [3, 6]
    assert world.stored("/big.bin") == changed
    assert report["bytes_saved"] == 4 * PART_BYTES
    assert report["bytes_moved"] == len(changed) - 4 * PART_BYTES


def test_a_file_that_becomes_what_another_one_is_is_not_sent(world: World) -> None:
    world.run("put", world.file("one.bin", BIG), "/")
    world.run("put", world.file("two.bin", b"!" + BIG), "/")
    world.storage.sends.clear()
    report = world.json("put", world.file("two.bin", BIG), "/", "--conflict", "replace")
    assert (sent(world), world.stored("/two.bin") == BIG) == ([], True)
    assert (report["bytes_saved"], report["bytes_moved"]) == (len(BIG), 0)


def test_what_is_cut_otherwise_is_sent_as_ever(world: World) -> None:
    world.run("put", world.file("one.bin", SMALL), "/")
    world.storage.sends.clear()
    world.run("put", world.file("one.bin", BIG), "/", "--conflict", "replace")
    assert sent(world) == [1, 2, 3, 4, 5, 6]
    assert world.stored("/one.bin") == BIG


def test_a_new_big_file_whose_bytes_the_drive_holds_is_there_at_once(world: World) -> None:
    world.run("put", world.file("one.bin", BIG), "/")
    world.storage.sends.clear()
    report = world.json("put", world.file("new.bin", BIG), "/")
    assert sent(world) == []
    assert world.stored("/new.bin") == BIG
    assert (report["bytes_moved"], report["bytes_saved"]) == (0, len(BIG))
    assert world.tickets == []


def test_of_a_big_file_whose_size_nothing_has_only_that_is_asked(world: World) -> None:
    world.run("put", world.file("new.bin", BIG), "/")
    assert world.gateway.count()["GET /search"] == 1
    assert world.gateway.count()["POST /uploads/*/known"] == 0


def test_another_file_of_the_same_size_is_sent_whole_and_claims_nothing_ahead(world: World) -> None:
    world.run("put", world.file("one.bin", BIG), "/")
    world.storage.sends.clear()
    other = b"!" + BIG[1:]
    report = world.json("put", world.file("new.bin", other), "/")
    assert sent(world) == [1, 2, 3, 4, 5, 6]
    assert world.stored("/new.bin") == other
    assert (report["bytes_moved"], report["bytes_saved"]) == (len(BIG), 0)


def test_a_search_that_refuses_is_no_hindrance(world: World) -> None:
    world.gateway.refusals.append(("GET", "/search", Problem(400, "no")))
    world.do("put", world.file("new.bin", BIG), "/")
    assert world.stored("/new.bin") == BIG


def test_a_changed_file_that_was_cut_goes_on_with_what_is_missing(world: World) -> None:
    world.run("put", world.file("big.bin", BIG), "/")
    changed = bytes(3 * PART_BYTES) + BIG[3 * PART_BYTES :]

    def refuse(number: int) -> None:
        if number == 3:
            raise Refused("the network is gone")

    world.storage.on_send = refuse
    source = world.file("big.bin", changed)
    assert world.run("put", source, "/", "--conflict", "replace").exit_code != 0
    world.storage.on_send = lambda number: None
    world.storage.sends.clear()
    world.run("put", source, "/", "--conflict", "replace")
    assert set(sent(world)) <= {1, 2, 3}
    assert world.stored("/big.bin") == changed
