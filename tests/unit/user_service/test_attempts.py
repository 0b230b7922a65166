import asyncio

import pytest

from chassis.errors import Unavailable
from tests.fakes.user_service import FakeClock
from tests.fakes.user_service_house import House, NoThrottle, credentials
from user_service.adapters.memory.throttle import MemoryThrottle
from user_service.app.attempts import AttemptGuard
from user_service.domain.attempts import AttemptLimits, Limit, Purpose, client_of
from user_service.domain.errors import CredentialsWrong, TooManyAttempts

LIMITS = AttemptLimits(
    per_pair=Limit(burst=3, refill_seconds=30),
    per_account=Limit(burst=6, refill_seconds=60),
    per_address=Limit(burst=20, refill_seconds=60),
)
OFFICE = "192.0.2.1"


@pytest.fixture
def house() -> House:
    return House(LIMITS)


async def guess(house: House, *, email: str = "ada@example.com", address: str = OFFICE) -> None:
    with pytest.raises(CredentialsWrong):
        await house.sign_in(credentials(email=email, password="a wrong guess", address=address))


async def test_guesses_from_one_address_at_one_account_are_few(house: House) -> None:
    await house.new_account()
    for _ in range(3):
        await guess(house)
    with pytest.raises(TooManyAttempts) as refusal:
        await house.sign_in(credentials())
    assert refusal.value.retry_after_seconds == pytest.approx(10)
    house.clock.advance(seconds=10)
    assert await house.new_session()


async def test_an_unknown_account_is_throttled_just_the_same(house: House) -> None:
    for _ in range(3):
        await guess(house, email="nobody@example.com")
    with pytest.raises(TooManyAttempts):
        await house.sign_in(credentials(email="nobody@example.com"))


async def test_who_guesses_does_not_lock_out_the_office(house: House) -> None:
    await house.new_account("bob@example.com")
    for _ in range(3):
        await guess(house)
    for _ in range(1000):
        with pytest.raises(TooManyAttempts):
            await house.sign_in(credentials())
    assert await house.new_session("bob@example.com")


async def test_who_guesses_from_one_address_does_not_lock_out_the_owner_elsewhere(house: House) -> None:
    await house.new_account()
    for _ in range(3):
        await guess(house)
    assert await house.sign_in(credentials(address="198.51.100.7"))


async def test_guesses_from_many_addresses_at_one_account_add_up(house: House) -> None:
    await house.new_account()
    for number in range(6):
        await guess(house, address=f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts):
        await house.sign_in(credentials(address="198.51.100.99"))


async def test_guesses_from_one_address_at_many_accounts_add_up(house: House) -> None:
    for number in range(20):
        await guess(house, email=f"user{number}@example.com")
    with pytest.raises(TooManyAttempts):
        await house.sign_in(credentials(email="user99@example.com"))
    await guess(house, email="user99@example.com", address="198.51.100.7")


async def test_successes_do_not_use_up_an_account_s_attempts(house: House) -> None:
    await house.new_account()
    for _ in range(15):
        assert await house.new_session()


async def test_successes_count_for_the_address(house: House) -> None:
    await house.new_account()
    for _ in range(20):
        await house.new_session()
    with pytest.raises(TooManyAttempts):
        await house.new_session()


async def test_an_attempt_that_the_client_breaks_off_counts(house: House) -> None:
    attempt = house.guard.attempt(Purpose.SIGN_IN, account="a@b.c", address=OFFICE)

    async def broken_off() -> None:
        async with attempt:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await broken_off()
    buckets = LIMITS.of_account(Purpose.SIGN_IN, account="a@b.c", address=OFFICE)
    assert await house.throttle.take(buckets) == 0
    assert await house.throttle.take(buckets) == 0
    assert await house.throttle.take(buckets) > 0


async def test_an_attempt_that_could_not_be_made_does_not_count(house: House) -> None:
    await house.new_account()
    for _ in range(10):
        house.accounts.lose("find")
        with pytest.raises(Unavailable):
            await house.new_session()
    assert await house.new_session()


async def test_each_purpose_has_its_own_buckets(house: House) -> None:
    for _ in range(3):
        await guess(house)
    assert await house.new_account()


async def test_without_the_shared_buckets_each_instance_counts_by_itself() -> None:
    guard = AttemptGuard(NoThrottle(), MemoryThrottle(FakeClock()), LIMITS)
    for _ in range(3):
        with pytest.raises(CredentialsWrong):
            async with guard.attempt(Purpose.SIGN_IN, account="a@b.c", address=OFFICE):
                raise CredentialsWrong
    with pytest.raises(TooManyAttempts):
        async with guard.attempt(Purpose.SIGN_IN, account="a@b.c", address=OFFICE):
            pass


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("x" * 100_000, "unknown"),
    ],
)
def test_one_subscriber_is_one_client(address: str, client: str) -> None:
    assert client_of(address) == client


def test_bucket_keys_tell_neither_address_nor_account() -> None:
    buckets = LIMITS.of_account(Purpose.SIGN_IN, account="ada@example.com", address=OFFICE)
    keys = " ".join(bucket.key for bucket in (*buckets, *LIMITS.of_address(Purpose.SIGN_IN, address=OFFICE)))
    assert "ada" not in keys
    assert OFFICE not in keys


def test_by_default_one_address_alone_cannot_use_up_an_account_s_attempts() -> None:
    limits = AttemptLimits()
    assert limits.per_pair.per_second < limits.per_account.per_second
    assert limits.per_pair.burst < limits.per_account.burst < limits.per_address.burst
