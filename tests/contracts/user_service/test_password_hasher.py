"""What every PasswordHasher promises, on the fake and on argon2id (with parameters that make it quick)."""

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.user_service import InstantPasswordHasher
from user_service.adapters.passlib.hasher import Argon2Hasher, Argon2Parameters
from user_service.domain.password import Password
from user_service.ports.password_hasher import PasswordHasher

GOOD = Password("correct horse battery staple")
WRONG = Password("correct horse battery stapl")
# Makes a hasher with older (0) or newer (1) parameters.
Make = Callable[[int], PasswordHasher]


@pytest.fixture(params=["fake", "argon2"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    opened: list[Argon2Hasher] = []

    def make_argon2(generation: int) -> PasswordHasher:
        parameters = Argon2Parameters(memory_kib=64, passes=1 + generation, lanes=1)
        opened.append(Argon2Hasher(parameters, threads=1, max_waiting=8))
        return opened[-1]

    def make_fake(generation: int) -> PasswordHasher:
        return InstantPasswordHasher(parameters=str(generation))

    yield make_fake if request.param == "fake" else make_argon2
    for hasher in opened:
        hasher.close()


async def test_the_password_is_right_and_every_other_is_wrong(make: Make) -> None:
    hasher = make(1)
    stored = await hasher.hash(GOOD)
    assert (await hasher.verify(GOOD, stored)).correct
    assert not (await hasher.verify(WRONG, stored)).correct
    assert not (await hasher.verify(Password(""), stored)).correct


async def test_the_same_password_is_stored_differently_each_time(make: Make) -> None:
    hasher = make(1)
    assert await hasher.hash(GOOD) != await hasher.hash(GOOD)


async def test_what_is_stored_does_not_hold_the_password(make: Make) -> None:
    assert GOOD.text not in await make(1).hash(GOOD)


async def test_without_an_account_every_password_is_wrong(make: Make) -> None:
    hasher = make(1)
    assert not (await hasher.verify(GOOD, None)).correct
    assert not (await hasher.verify(Password("no account has this one"), None)).correct


async def test_a_hash_made_with_other_parameters_is_right_and_outdated(make: Make) -> None:
    older, newer = make(0), make(1)
    stored = await older.hash(GOOD)
    verdict = await newer.verify(GOOD, stored)
    assert (verdict.correct, verdict.outdated) == (True, True)
    assert not (await newer.verify(GOOD, await newer.hash(GOOD))).outdated


async def test_a_wrong_password_is_never_called_outdated(make: Make) -> None:
    stored = await make(0).hash(GOOD)
    assert not (await make(1).verify(WRONG, stored)).outdated


@pytest.mark.parametrize("text", ["пароль пароль", "🔑" * 128, "with\0nul inside", " spaces "])
async def test_passwords_of_every_script_are_told_apart(make: Make, text: str) -> None:
    hasher = make(1)
    stored = await hasher.hash(Password(text))
    assert (await hasher.verify(Password(text), stored)).correct
    assert not (await hasher.verify(Password(text[:-1]), stored)).correct
