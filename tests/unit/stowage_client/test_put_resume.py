"""`stowage put` again, after something cut it short."""

import os
from pathlib import Path

import pytest

from stowage_client.errors import ExitCode
from stowage_client.storage.errors import Interrupted, Refused
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World

MIB = 2**20
BIG = os.urandom(5 * 8 * MIB + 99)  # six parts


def cut_short(world: World, source: Path, *options: str, after: int = 3) -> None:
    """A first run: storage refuses for good once `after` parts have arrived."""

    def refuse(number: int) -> None:
        if len(world.storage.parts) >= after:
            raise Refused("the network is gone")

    world.storage.on_send = refuse
    result = world.run("put", source, "/", "--parallel", "1", *options)
    assert result.exit_code == ExitCode.FAILED, result.output
    assert len(world.tickets) == 1
    world.storage.on_send = lambda number: None
    world.storage.sends.clear()
    world.gateway.requests.clear()


def test_only_the_missing_parts_are_sent_in_the_second_run(world: World) -> None:
    source = world.file("big.mkv", BIG)
    cut_short(world, source)

    report = world.json("put", source, "/")

    assert world.stored("/big.mkv") == BIG
    assert len(world.storage.sends) == 3
    assert len(world.gateway.uploads.by_id) == 1
    assert report["files"][0]["resumed"]
    assert report["bytes_moved"] + report["bytes_saved"] == len(BIG)
    assert report["bytes_saved"] > 2 * 8 * MIB
    assert world.tickets == []


def test_a_file_that_changed_between_runs_begins_anew_and_ends_the_old_upload(world: World) -> None:
    source = world.file("big.mkv", BIG)
    cut_short(world, source)
    changed = BIG[:-1] + b"!"
    source.write_bytes(changed)

    world.do("put", source, "/")

    assert world.stored("/big.mkv") == changed
    assert len(world.gateway.uploads.by_id) == 2


def test_a_change_that_hides_behind_the_old_time_is_found_by_hash(world: World) -> None:
    source = world.file("big.mkv", BIG)
    times = source.stat().st_mtime_ns
    cut_short(world, source)
    changed = b"!" + BIG[1:]
    source.write_bytes(changed)
    os.utime(source, ns=(times, times))

    world.do("put", source, "/")

    assert world.stored("/big.mkv") == changed
    states = [upload["state"] for upload in world.gateway.uploads.by_id.values()]
    assert states == ["aborted", "committed"]


def test_an_upload_that_the_server_ended_meanwhile_begins_anew(world: World) -> None:
    source = world.file("big.mkv", BIG)
    cut_short(world, source)
    for upload in world.gateway.uploads.by_id.values():
        upload["state"] = "aborted"

    world.do("put", source, "/")

    assert world.stored("/big.mkv") == BIG


def test_another_rule_is_followed_in_the_second_run_without_sending_again(world: World) -> None:
    source = world.file("big.mkv", BIG)
    cut_short(world, source)
    world.gateway.uploads.hold(world.gateway.drive.id, "big.mkv", b"other")

    world.do("put", source, "/", "--conflict", "replace")

    assert world.stored("/big.mkv") == BIG
    assert len(world.storage.sends) == 3


def test_a_folder_that_was_moved_meanwhile_does_not_mislead(world: World) -> None:
    drive = world.gateway.drive
    films = drive.folder("/films")
    source = world.file("big.mkv", BIG)
    world.gateway.uploads.commit_refusal = Problem(409, "name_taken")
    world.run("put", source, "/films/")
    drive.nodes[films]["name"] = "old films"
    drive.folder("/films")
    world.storage.sends.clear()

    world.do("put", source, "/films/")

    assert world.stored("/films/big.mkv") == BIG
    assert world.storage.sends == []


def test_a_run_that_ended_between_commit_and_forgetting_is_not_sent_again(world: World) -> None:
    source = world.file("a.txt", b"hello")
    world.gateway.losses.extend([("POST", "/uploads/.*/complete")] * 30)
    assert world.run("put", source, "/").exit_code == ExitCode.UNAVAILABLE
    world.gateway.losses.clear()
    assert len(world.tickets) == 1

    report = world.json("put", source, "/")

    assert report["files"][0]["outcome"] == "done"
    assert world.names() == ["a.txt"]
    assert len(world.storage.sends) == 1


def test_a_file_that_was_finished_and_deleted_long_ago_is_sent_again(world: World) -> None:
    source = world.file("a.txt", b"hello")
    world.gateway.losses.extend([("POST", "/uploads/.*/complete")] * 30)
    world.run("put", source, "/")
    world.gateway.losses.clear()
    world.do("rm", "/a.txt")

    world.do("put", source, "/")

    assert world.stored("/a.txt") == b"hello"


def test_parts_that_storage_lost_are_sent_again(world: World) -> None:
    source = world.file("big.mkv", BIG)
    lost: list[int] = []

    def lose_the_first(number: int) -> None:
        if number == 6 and not lost:
            lost.append(1)
            upload_id = next(iter(world.gateway.uploads.by_id))
            del world.storage.parts[upload_id, 1]

    world.storage.on_send = lose_the_first

    world.do("put", source, "/", "--parallel", "1")

    assert lost
    assert world.stored("/big.mkv") == BIG


def test_another_target_is_another_upload(world: World) -> None:
    world.gateway.drive.folder("/films")
    source = world.file("big.mkv", BIG)
    cut_short(world, source)

    world.do("put", source, "/films/")

    assert world.stored("/films/big.mkv") == BIG
    assert len(world.gateway.uploads.by_id) == 2
    assert len(world.tickets) == 1


def test_tickets_are_for_their_owner_only(world: World) -> None:
    cut_short(world, world.file("big.mkv", BIG))

    [ticket] = world.tickets
    assert ticket.stat().st_mode & 0o777 == 0o600
    assert ticket.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("failures", [1, 4])
def test_a_broken_connection_is_mended(world: World, failures: int) -> None:
    world.storage.send_failures.extend([(5 * MIB, Interrupted("connection reset"))] * failures)

    world.do("put", world.file("big.mkv", BIG), "/")

    assert world.stored("/big.mkv") == BIG
    assert len(world.storage.sends) == 6 + failures


def test_storage_that_stays_away_is_given_up_in_words(world: World) -> None:
    world.storage.send_failures.extend([(0, Interrupted("connection refused"))] * 1000)

    result = world.run("put", world.file("a.txt", b"hello"), "/")

    assert result.exit_code == ExitCode.UNAVAILABLE
    assert "connection refused" in result.stderr
    assert "same command again" in result.stderr
    assert 20 < sum(world.pauses) < 60


def test_an_answer_that_got_lost_is_no_harm(world: World) -> None:
    world.storage.lost_answers = 1

    world.do("put", world.file("a.txt", b"hello"), "/")

    assert world.stored("/a.txt") == b"hello"


def test_expired_urls_are_asked_for_again(world: World) -> None:
    def expire(number: int) -> None:
        if not world.storage.expired:
            uploads = world.gateway.uploads
            upload_id = next(iter(uploads.by_id))
            claim = uploads.claims[upload_id, number]
            for signature in range(200):
                url = f"memory://put/{upload_id}/{number}?sha256={claim}&size={8 * MIB}&n={signature}"
                world.storage.expired.add(url)
            world.storage.on_send = lambda number: world.storage.expired.clear()

    world.storage.on_send = expire

    world.do("put", world.file("big.mkv", BIG), "/", "--parallel", "1")

    assert world.stored("/big.mkv") == BIG
    assert len(world.storage.sends) == 7


def test_a_lost_answer_to_any_call_changes_nothing(world: World) -> None:
    for path in ("/uploads", "/uploads/.*/urls", "/uploads/.*/complete"):
        world.gateway.losses.append(("POST", path))

    world.do("put", world.file("big.mkv", BIG), "/")

    assert world.stored("/big.mkv") == BIG
    assert world.names() == ["big.mkv"]
    assert not world.gateway.losses


def test_a_file_that_changes_while_it_is_sent_is_told_and_nothing_is_kept(world: World) -> None:
    source = world.file("big.mkv", BIG)

    def change(number: int) -> None:
        if number == 3:
            source.write_bytes(b"!" + BIG[1:])

    world.storage.on_send = change

    result = world.run("put", source, "/", "--parallel", "1")

    assert result.exit_code == ExitCode.LOCAL
    assert "changed while it was being read" in result.stderr
    assert world.names() == []
    assert world.tickets == []
    assert [upload["state"] for upload in world.gateway.uploads.by_id.values()] == ["aborted"]


def test_a_file_that_shrinks_while_it_is_sent_is_told(world: World) -> None:
    source = world.file("big.mkv", BIG)
    world.storage.on_send = lambda number: os.truncate(source, 100)

    result = world.run("put", source, "/", "--parallel", "1")

    assert result.exit_code == ExitCode.LOCAL
    assert "file_changed" in result.stderr
