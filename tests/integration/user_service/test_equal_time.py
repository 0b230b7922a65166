"""Whether an account exists is told neither by what a sign-in reads nor by how long it takes.

test_passwords.py compares the seconds of the password's hash, which are most of it; here the hash is quick, so that
what is left would show.
"""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.errors import RemoteError
from tests.integration.user_service.conftest import MakeSettings
from tests.integration.user_service.rig import Person, Running, running
from tests.integration.user_service.test_passwords import UNTHROTTLED
from tests.slowness import share_of_slower, tolerance
from user_service.adapters.dynamodb.probe import _NOBODY

TIMED_EACH = 200


@pytest.fixture
async def quick(make_settings: MakeSettings) -> AsyncIterator[Running]:
    async with running(make_settings(**UNTHROTTLED)) as instance:
        yield instance


async def guess(person: Person) -> RemoteError:
    with pytest.raises(RemoteError) as refusal:
        await person.client.sign_in(person.credentials(password="a wrong guess"), token="")
    return refusal.value


async def test_an_unknown_account_is_read_for_as_a_known_one_is(quick: Running) -> None:
    known = await quick.client.new_person()
    unknown = Person(quick.client, "nobody@example.com")
    asked: list[tuple[str, tuple[str, ...]]] = []

    def note(request: dict[str, Any]) -> bool:
        if _NOBODY not in str(request):  # else it is the probe
            asked.append((request["TableName"], tuple(sorted(request))))
        return False

    # No fault: it only looks.
    quick.faults.inject("*", None, matches=note)  # type: ignore[arg-type]  # never taken
    refused = [await guess(known)]
    of_known = asked.copy()
    asked.clear()
    refused.append(await guess(unknown))

    assert len(of_known) == 2
    assert asked == of_known
    assert len({(each.kind, each.code, each.detail) for each in refused}) == 1


async def test_an_unknown_account_is_refused_as_quickly_as_a_known_one(quick: Running) -> None:
    people = {
        "known": await quick.client.new_person(),
        "unknown": Person(quick.client, "nobody@example.com"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in people}
    for number in range(TIMED_EACH):
        for name in sorted(people, reverse=bool(number % 2)):
            started = time.perf_counter()
            await guess(people[name])
            seconds[name].append(time.perf_counter() - started)
    assert abs(share_of_slower(seconds["known"], seconds["unknown"]) - 0.5) < tolerance(TIMED_EACH)
