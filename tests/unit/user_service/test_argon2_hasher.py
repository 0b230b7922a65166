import asyncio
import time
from collections.abc import Iterator

import pytest

from user_service.adapters.passlib.hasher import Argon2Hasher, Argon2Parameters
from user_service.domain.errors import TooManyAttempts
from user_service.domain.password import Password

PASSWORD = Password("correct horse battery staple")
# A few milliseconds: long enough to be seen, short enough for tests.
PARAMETERS = Argon2Parameters(memory_kib=4096, passes=2, lanes=1)


@pytest.fixture
def hasher() -> Iterator[Argon2Hasher]:
    hasher = Argon2Hasher(PARAMETERS, threads=1, max_waiting=2)
    yield hasher
    hasher.close()


async def test_the_algorithm_and_its_parameters_are_as_asked(hasher: Argon2Hasher) -> None:
    assert (await hasher.hash(PASSWORD)).startswith("$argon2id$v=19$m=4096,t=2,p=1$")


async def test_the_loop_goes_on_while_a_password_is_hashed(hasher: Argon2Hasher) -> None:
    hashing = asyncio.create_task(hasher.hash(PASSWORD))
    turns = 0
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 10


async def test_beyond_the_queue_it_refuses_at_once(hasher: Argon2Hasher) -> None:
    admitted = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyAttempts) as refusal:
        await hasher.verify(PASSWORD, None)
    assert refusal.value.retry_after_seconds == 1
    await asyncio.gather(*admitted)
    assert not (await hasher.verify(PASSWORD, None)).correct


async def test_who_has_gone_leaves_its_place_in_the_queue(hasher: Argon2Hasher) -> None:
    admitted = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(3)]
    await asyncio.sleep(0)
    admitted[-1].cancel()
    await asyncio.wait(admitted)
    assert admitted[-1].cancelled()
    await asyncio.gather(*(hasher.hash(PASSWORD) for _ in range(3)))


async def test_an_unknown_account_takes_as_long_as_a_known_one(hasher: Argon2Hasher) -> None:
    """The floor of many runs: what a patient listener would measure. A busy machine takes more of them."""
    stored = await hasher.hash(PASSWORD)

    async def seconds(compared: str | None) -> float:
        started = time.perf_counter()
        await hasher.verify(Password("not the password"), compared)
        return time.perf_counter() - started

    known, unknown = [], []
    for number in range(400):
        known.append(await seconds(stored))
        unknown.append(await seconds(None))
        if number > 20 and min(unknown) == pytest.approx(min(known), rel=0.25):
            return
    pytest.fail(f"{min(unknown)} s for an unknown account, {min(known)} s for a known one")
