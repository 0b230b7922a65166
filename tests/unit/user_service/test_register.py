import pytest

from chassis.errors import InvalidArgument, Unavailable
from tests.fakes.user_service_house import EMAIL, PASSWORD, House, registration
from user_service.domain.errors import (
    DisplayNameInvalid,
    EmailInvalid,
    EmailTaken,
    PasswordUnacceptable,
    TooManyAttempts,
)


async def test_a_new_account_has_what_was_said_and_no_readable_password(house: House) -> None:
    account = await house.register(registration(email=" ADA@Example.com ", display_name=" Ada "))
    assert (account.email, account.display_name) == ("ada@example.com", "Ada")
    assert account.created_at == house.clock.now()
    assert PASSWORD not in account.password_hash


async def test_the_same_command_again_gives_the_same_account(house: House) -> None:
    first = await house.register(registration())
    house.clock.advance(seconds=86_400)
    assert await house.register(registration()) == first
    assert len(house.stored_accounts.rows) == 1


@pytest.mark.parametrize(
    "other", [registration(command_id="key-2"), registration(password="not the same password")]
)
async def test_an_address_that_is_taken_is_refused(house: House, other: object) -> None:
    await house.register(registration())
    with pytest.raises(EmailTaken):
        await house.register(other)  # type: ignore[arg-type]  # parametrize has no types


async def test_an_address_is_taken_in_every_spelling(house: House) -> None:
    await house.register(registration())
    with pytest.raises(EmailTaken):
        await house.register(registration(email="ADA@EXAMPLE.COM", command_id="key-2"))


async def test_who_does_not_know_the_command_cannot_try_passwords_by_registering(house: House) -> None:
    await house.register(registration())
    with pytest.raises(EmailTaken):
        await house.register(registration(command_id="key-2"))
    assert house.hasher.verified == 0


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (registration(email="nobody"), EmailInvalid),
        (registration(password="short"), PasswordUnacceptable),
        (registration(password="password1"), PasswordUnacceptable),
        (registration(password="ada@example.com"), PasswordUnacceptable),
        (registration(display_name="x" * 101), DisplayNameInvalid),
        (registration(command_id=""), InvalidArgument),
        (registration(command_id="x" * 129), InvalidArgument),
    ],
)
async def test_what_breaks_the_rules_is_refused_and_leaves_nothing(
    house: House, broken: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await house.register(broken)  # type: ignore[arg-type]  # parametrize has no types
    assert not house.stored_accounts.rows


async def test_after_a_lost_answer_the_repeat_gives_the_account_that_was_made(house: House) -> None:
    house.accounts.lose("add")
    with pytest.raises(Unavailable):
        await house.register(registration())
    repeated = await house.register(registration())
    assert list(house.stored_accounts.rows.values()) == [repeated]


async def test_of_two_who_race_for_an_address_one_wins(house: House) -> None:
    house.accounts.before("add", lambda: house.register(registration(command_id="key-2")))
    with pytest.raises(EmailTaken):
        await house.register(registration(command_id="key-1"))
    assert len(house.stored_accounts.rows) == 1


async def test_two_copies_of_one_command_that_race_give_one_account(house: House) -> None:
    house.accounts.before("add", lambda: house.register(registration()))
    account = await house.register(registration())
    assert list(house.stored_accounts.rows.values()) == [account]


async def test_after_the_password_was_changed_the_command_is_history(house: House) -> None:
    account = await house.register(registration())
    changed = account.with_new_password("1$0$something else")
    await house.stored_accounts.replace_password(account, changed)
    with pytest.raises(EmailTaken):
        await house.register(registration())


async def test_no_room_to_hash_is_said_and_costs_no_attempt(house: House) -> None:
    house.hasher.full = True
    for number in range(50):
        with pytest.raises(TooManyAttempts) as refusal:
            await house.register(registration(command_id=f"key-{number}"))
        assert refusal.value.retry_after_seconds == 1
    house.hasher.full = False
    assert (await house.register(registration())).email == EMAIL
