"""Asking the server: what is asked again, what is not, and what is made of strange answers."""

import httpx
import pytest

from stowage_client.errors import ExitCode
from tests.fakes.client_problem import Problem
from tests.unit.stowage_client.conftest import World


def test_a_server_that_is_away_is_told_soon(world: World) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    world.handler = away

    result = world.run("ls")

    assert result.exit_code == ExitCode.UNAVAILABLE
    assert "No answer from http://stowage.test: connection refused." in result.stderr
    assert 2 < sum(world.pauses) < 10


def test_a_server_that_goes_away_later_is_given_more_time(world: World) -> None:
    answers = iter(range(1000))

    def leaving(request: httpx.Request) -> httpx.Response:
        if next(answers) == 0:
            return world.gateway.handle(request)
        raise httpx.ReadTimeout("", request=request)

    world.handler = leaving

    assert world.run("ls").exit_code == ExitCode.UNAVAILABLE
    assert 60 < sum(world.pauses) <= 90


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_is_asked_again_after_the_time_that_it_names(world: World, status: int) -> None:
    world.gateway.refusals.append(("GET", "/paths/.*", Problem(status, "busy", retry_after="4")))

    world.do("ls")

    assert world.pauses == [4.0]


def test_a_wait_that_is_too_long_is_told_instead(world: World) -> None:
    world.gateway.refusals.append(
        ("GET", "/paths/.*", Problem(429, "throttled", "Too many.", retry_after="900"))
    )

    result = world.run("ls")

    assert result.exit_code == ExitCode.UNAVAILABLE
    assert "Too many. (throttled, request req-1)" in result.stderr
    assert world.pauses == []


def test_a_refusal_is_not_asked_again(world: World) -> None:
    world.gateway.refusals.append(("GET", "/paths/.*", Problem(500, "internal", "Something broke.")))

    assert world.run("ls").exit_code == ExitCode.FAILED
    assert len(world.gateway.requests) == 1


def test_a_mutation_keeps_its_key_when_it_is_asked_again(world: World) -> None:
    world.gateway.losses.append(("POST", "/folders"))
    world.gateway.keys.clear()

    world.do("mkdir", "/films")

    assert len(world.gateway.keys) == 2
    assert len(set(world.gateway.keys)) == 1
    assert world.names() == ["films"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Welcome to nginx</html>"),
        httpx.Response(200, json=[1, 2]),
        httpx.Response(200, json={"id": "x"}),
        httpx.Response(302, headers={"location": "https://elsewhere.test"}),
        httpx.Response(404, text="<html>nothing here</html>"),
    ],
)
def test_an_answer_that_is_not_ours_is_told_in_words(world: World, answer: httpx.Response) -> None:
    world.handler = lambda request: answer

    result = world.run("ls")

    assert result.exit_code in (ExitCode.FAILED, ExitCode.NOT_FOUND)
    assert result.stderr.startswith("stowage: ")
