"""argon2id with the parameters that are shipped, through the whole service."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator

import pytest

from chassis.errors import RemoteError
from stowage.user.v1 import user_pb2 as pb
from tests.integration.user_service.conftest import MakeSettings
from tests.integration.user_service.rig import QUICK, Person, Running, running
from user_service.domain.attempts import Limit
from user_service.settings import UserSettings

SHIPPED = {name: UserSettings.model_fields[name].default for name in QUICK}
UNTHROTTLED = {f"throttle_{scope}": Limit(10_000, 1) for scope in ("pair", "account", "address")}


@pytest.fixture
async def shipped(make_settings: MakeSettings) -> AsyncIterator[Running]:
    async with running(make_settings(**SHIPPED, **UNTHROTTLED)) as instance:
        yield instance


async def test_sign_ins_in_the_queue_do_not_hold_up_other_calls(shipped: Running) -> None:
    person = await shipped.client.new_person()
    tokens = await person.sign_in()
    signing_in = asyncio.gather(*(person.sign_in() for _ in range(30)))
    checked = 0
    while not signing_in.done():
        await shipped.client.check_session(pb.CheckSessionRequest(), token=tokens.access_token)
        checked += 1
    await signing_in
    assert checked > 5 * 30


async def test_beyond_the_queue_callers_are_told_to_come_back(make_settings: MakeSettings) -> None:
    settings = make_settings(**SHIPPED, **UNTHROTTLED, argon2_queue=2)
    async with running(settings) as one:
        person = await one.client.new_person()
        answers = await asyncio.gather(*(person.sign_in() for _ in range(20)), return_exceptions=True)
        refusals = [answer for answer in answers if isinstance(answer, RemoteError)]
        assert 0 < len(refusals) < 20
        assert {(each.code, each.retry_after_seconds) for each in refusals} == {("too_many_attempts", 1.0)}
        assert await person.sign_in()


async def test_a_wrong_password_and_an_unknown_account_take_the_same_time(shipped: Running) -> None:
    known = await shipped.client.new_person()
    unknown = Person(shipped.client, "nobody@example.com")
    seconds: dict[str, list[float]] = {known.email: [], unknown.email: []}
    for _ in range(25):
        for person in (known, unknown):
            started = time.perf_counter()
            with pytest.raises(RemoteError):
                await shipped.client.sign_in(person.credentials(password="a wrong guess"), token="")
            seconds[person.email].append(time.perf_counter() - started)
    # The quicker half's middle: what is slower says more about the machine than about us.
    of_known, of_unknown = (statistics.quantiles(taken, n=4)[0] for taken in seconds.values())
    # Without the hash that nobody needs, an unknown account would be refused twenty times sooner.
    assert of_unknown == pytest.approx(of_known, rel=0.5)


async def test_parameters_that_were_raised_reach_an_account_when_it_signs_in(
    make_settings: MakeSettings,
) -> None:
    async with running(make_settings()) as before:
        person = await before.client.new_person()
    async with running(make_settings(argon2_memory_kib=128)) as after:
        there = Person(after.client, person.email)
        # The second sign-in meets the new hash.
        assert await there.sign_in()
        assert await there.sign_in()
