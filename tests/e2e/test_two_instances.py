"""Two instances of every service: one of each dies under load, an engine goes, and what people notice of it."""

import asyncio
import os
import random
import secrets
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from time import monotonic

import httpx
import pytest

from local_stack.composition import PACKAGES
from local_stack.stack import Stack
from tests.e2e.front_door.belongings import Belongings
from tests.e2e.load.abilities import SLOW_TO_SAY, WORKS, Abilities
from tests.e2e.load.outage import outage
from tests.e2e.load.rounds import kill_rounds
from tests.e2e.load.run import all_at_once, run
from tests.e2e.load.table import promised
from tests.e2e.load.vanishing import vanish_from_everything
from tests.e2e.load.vitals import Logs, Vitals, held_on_to, vitals
from tests.e2e.person import Person

pytestmark = pytest.mark.judged_once

# Of each outage; none given: as short as it shows, at once where an engine hangs, once it is known where it is dead.
OUTAGE_SECONDS = float(os.environ.get("STOWAGE_OUTAGE_SECONDS") or 0)
# Each begins where the one before ended: a leak shows in all of them.
ROUNDS, TRIES = 4, 4
_SETTLING_SECONDS = 40.0
# Of kill -9 under a crowd's hands; `make test-long` takes its time.
KILL_ROUNDS = int(os.environ.get("STOWAGE_KILL_ROUNDS") or 2)
_PATIENCE_SECONDS = 60.0
_CAPABLE = {
    "dynamodb": {"users": False, "metadata": False, "uploads": False},
    "s3": {"users": True, "metadata": True, "uploads": False},
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("twins"), port=0, instances="2")
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


@pytest.fixture
def seed() -> int:
    """STOWAGE_SEED to have one again; shown when a test fails."""
    seed = int(os.environ.get("STOWAGE_SEED") or secrets.randbelow(10**6))
    sys.stdout.write(f"STOWAGE_SEED={seed}\n")
    return seed


@pytest.fixture
async def abilities(stack: Stack) -> AsyncIterator[Abilities]:
    abilities = Abilities(stack.url)
    await abilities.prepare()
    yield abilities
    await abilities.close()


def lives(stack: Stack) -> dict[str, int | None]:
    return {name: stack.pid(name) for name in stack.plan.processes if name.startswith(PACKAGES)}


async def until_capable(abilities: Abilities, wanted: dict[str, bool]) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await abilities.capabilities() != wanted:  # noqa: ASYNC110  # there is nobody to tell us
            await asyncio.sleep(0.2)


async def recovered(abilities: Abilities) -> None:
    """Everything works again, and is said to."""
    deadline = monotonic() + _PATIENCE_SECONDS
    while left := {row: word for row, (word, _) in (await abilities.try_all()).items() if word != WORKS}:
        assert monotonic() < deadline, left
        await asyncio.sleep(0.5)
    await until_capable(abilities, {"users": True, "metadata": True, "uploads": True})


async def test_one_of_each_service_goes_and_no_safe_call_fails(stack: Stack, seed: int) -> None:
    report = await run(stack, seed=seed, rounds=all_at_once(random.Random(seed)))
    sys.stdout.write(report.table())

    assert [str(call) for call in report.tally.failures()] == []
    assert report.cuts("SIGTERM") == []
    assert len(report.tally.calls) > 100


@pytest.mark.timeout(120 + 60 * KILL_ROUNDS)
async def test_whatever_dies_nothing_that_was_answered_is_lost_half_there_or_out_of_order(
    stack: Stack, seed: int
) -> None:
    report = await kill_rounds(stack, seed=seed, rounds=KILL_ROUNDS)
    sys.stdout.write(str(report))

    assert sum(report.kills.values()) == KILL_ROUNDS
    assert report.writes > 10 * KILL_ROUNDS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
@pytest.mark.parametrize("engine", ["consul", "redis", "dynamodb", "s3"])
async def test_while_an_engine_is_gone_the_rest_goes_on_and_then_all_of_it(
    engine: str, how: signal.Signals, stack: Stack, abilities: Abilities
) -> None:
    before = lives(stack)
    # Of an engine that hangs some calls take their whole deadline to say so.
    without = SLOW_TO_SAY if how is signal.SIGSTOP and not OUTAGE_SECONDS else frozenset()
    expected = {row: word for row, word in promised(engine).items() if row not in without}

    seen = []
    with outage(stack, engine, how):
        began = monotonic()
        if how is signal.SIGSTOP or OUTAGE_SECONDS:
            seen.append(await abilities.try_all(without=without))
        if engine in _CAPABLE:
            await until_capable(abilities, _CAPABLE[engine])
        if OUTAGE_SECONDS:
            await asyncio.sleep(began + OUTAGE_SECONDS - monotonic())
        if how is signal.SIGKILL or OUTAGE_SECONDS:
            seen.append(await abilities.try_all(without=without))
    ended = monotonic()
    await recovered(abilities)
    sys.stdout.write(
        f"{engine} {how.name}: gone {ended - began:.1f} s, back after {monotonic() - ended:.1f} s\n"
    )

    for outcomes in seen:
        assert {row: word for row, (word, _) in outcomes.items()} == expected
        for row, (_, seconds) in outcomes.items():
            assert seconds < (60 if row in SLOW_TO_SAY else 20), row  # twice the deadlines: machines are busy
    assert lives(stack) == before
    await asyncio.to_thread(stack.wait_until_ready)


@pytest.mark.timeout(300)
def test_clients_that_vanish_in_the_middle_of_everything_leave_nothing_behind(stack: Stack) -> None:
    """What is kept for the next call, as connections to Redis, grows with how much came at once, and has an end."""
    with Person(stack.url) as person, Person(stack.url, email=person.email) as device:
        session, logs = device.sign_in()["session_id"], Logs(stack)
        mine = Belongings.of(person, calls_it="films")
        vanish_from_everything(mine, session)
        left = {}
        for _ in range(TRIES):
            before = vitals(stack)
            for _ in range(ROUNDS):
                vanish_from_everything(mine, session)
            if not (left := left_behind(stack, before)):
                break
        assert not left
        assert logs.trouble() == []
        person.request("GET", "/drive")


def left_behind(stack: Stack, before: dict[str, Vitals]) -> dict[str, tuple[Vitals, Vitals]]:
    """What is still held when all that ends by itself had its time."""
    deadline = monotonic() + _SETTLING_SECONDS
    while (left := held_on_to(before, vitals(stack))) and monotonic() < deadline:
        time.sleep(0.5)
    return left


async def test_without_redis_guessing_is_still_throttled(stack: Stack, abilities: Abilities) -> None:
    guess = {"email": "nobody@example.com", "password": "a guess of many"}
    with outage(stack, "redis", signal.SIGKILL):
        async with httpx.AsyncClient(base_url=f"{stack.url}/api/v1", timeout=60) as http:
            # Ten are granted, by each of two instances.
            answers = [(await http.post("/sessions", json=guess)).status_code for _ in range(22)]
    await recovered(abilities)

    assert answers[:10] == [401] * 10
    assert answers[-1] == 429
