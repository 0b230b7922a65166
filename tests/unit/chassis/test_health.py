import asyncio

import pytest

from chassis.errors import Unavailable
from chassis.health import Health, probing


def test_an_instance_without_conditions_is_ready() -> None:
    assert Health().ready


def test_every_condition_must_hold() -> None:
    health = Health()
    health.set_ready("dynamodb", True)
    health.set_ready("token_keys", False, "user-service does not answer")
    assert not health.ready
    assert health.missing() == {"token_keys": "user-service does not answer"}
    health.set_ready("token_keys", True)
    assert health.ready


def test_going_down_is_for_good() -> None:
    health = Health()
    health.stop_serving()
    health.set_ready("dynamodb", True)
    assert health.missing() == {"serving": "shutting down"}


def test_a_listener_hears_how_it_is_and_each_change_once() -> None:
    heard: list[bool] = []
    health = Health()
    health.on_change(heard.append)
    health.set_ready("a", False)
    health.set_ready("b", False)
    health.set_ready("a", True)
    health.set_ready("b", True)
    health.stop_serving()
    assert heard == [True, False, True, False]


class Dependency:
    def __init__(self, *outcomes: Exception | None) -> None:
        self._outcomes = list(outcomes)
        self.spent = asyncio.Event()

    async def ping(self) -> None:
        if not self._outcomes:
            self.spent.set()
            await asyncio.Event().wait()
        outcome = self._outcomes.pop(0)
        if outcome is not None:
            raise outcome


async def told(*outcomes: Exception | None) -> Health:
    """The health after these outcomes of a probe, one after the other."""
    health, dependency = Health(), Dependency(*outcomes)
    task = asyncio.create_task(
        probing(health, "dynamodb", dependency.ping, every_seconds=0, first_retry_seconds=0)
    )
    await dependency.spent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return health


async def test_a_dependency_that_answers_is_a_condition_met() -> None:
    assert (await told(None)).ready


async def test_a_dependency_that_fails_is_named_without_its_words() -> None:
    health = await told(OSError("connect to 10.1.2.3 failed with password hunter2"))
    assert health.missing() == {"dynamodb": "dynamodb does not answer"}


async def test_the_words_of_a_refusal_meant_for_people_are_shown() -> None:
    assert (await told(Unavailable("The keys are away."))).missing() == {"dynamodb": "The keys are away."}


async def test_a_dependency_that_comes_back_is_noticed() -> None:
    assert (await told(OSError(), OSError(), None)).ready


async def test_a_dependency_that_goes_away_is_noticed() -> None:
    assert not (await told(None, OSError())).ready


async def test_a_probe_that_hangs_counts_as_failed() -> None:
    health = Health()

    async def hang() -> None:
        await asyncio.Event().wait()

    unready = asyncio.Event()
    health.on_change(lambda ready: None if ready else unready.set())
    task = asyncio.create_task(probing(health, "redis", hang, timeout_seconds=0.01))
    await unready.wait()
    task.cancel()
    assert "redis" in health.missing()
