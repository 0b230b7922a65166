"""Following what happens to the drive."""

import asyncio
import json
from collections.abc import Callable

from stowage_client.errors import ExitCode
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World


def stops() -> None:
    """As Ctrl-C does."""
    raise asyncio.CancelledError


def happening(world: World, *names: str) -> list[Callable[[], None]]:
    return [lambda name=name: world.gateway.changes.happens(name) for name in names]  # type: ignore[misc]  # its default


def test_without_options_it_says_where_the_journal_is(world: World) -> None:
    world.gateway.changes.happens("before")

    assert world.do("changes") == "c1\n"
    assert world.json("changes") == {"cursor": "c1"}


def test_what_happened_since_is_told_whatever_the_number_of_pages(world: World) -> None:
    for number in range(5):
        world.gateway.changes.happens(f"{number}.mkv")
    world.gateway.changes.happens("films", kind="folder", deleted=True)

    lines = world.do("changes", "--since", "c1").splitlines()

    assert [line.split()[-1] for line in lines] == ["1.mkv", "2.mkv", "3.mkv", "4.mkv", "films/"]
    assert [line.split()[2] for line in lines] == ["placed"] * 4 + ["deleted"]


def test_programs_get_a_line_of_json_for_each_transaction_as_the_server_said_it(world: World) -> None:
    for number in range(3):
        world.gateway.changes.happens(f"{number}.mkv")

    lines = world.do("changes", "--since", "c0", "--json").splitlines()

    assert [json.loads(line) for line in lines] == world.gateway.changes.entries


def test_who_follows_is_told_what_comes_and_by_ctrl_c_where_to_go_on(world: World) -> None:
    world.gateway.changes.happens("before")
    world.gateway.changes.meanwhile.extend([*happening(world, "a", "b"), stops])

    followed = world.run("changes", "--follow")

    assert followed.exit_code == ExitCode.INTERRUPTED
    assert [line.split()[-1] for line in followed.stdout.splitlines()] == ["a", "b"]
    assert "--since c3" in followed.stderr


def test_who_follows_waits_for_a_server_that_is_away_and_misses_nothing(world: World) -> None:
    away = Problem(503, "unavailable", "Not now.")
    world.gateway.changes.meanwhile.extend(
        [
            *happening(world, "a"),
            lambda: world.gateway.refusals.extend([("GET", "/changes", away)] * 60),
            *happening(world, "b"),
            stops,
        ]
    )

    followed = world.run("changes", "--follow")

    assert followed.exit_code == ExitCode.INTERRUPTED
    assert [line.split()[-1] for line in followed.stdout.splitlines()] == ["a", "b"]
    assert "Not now. It is asked again." in followed.stderr


def test_a_journal_that_is_not_known_any_more_ends_it(world: World) -> None:
    world.gateway.refusals.append(("GET", "/changes", Problem(409, "cursor_reset", "List the drive anew.")))

    ended = world.run("changes", "--follow", "--since", "c0")

    assert ended.exit_code == ExitCode.CONFLICT
    assert "cursor_reset" in ended.stderr
