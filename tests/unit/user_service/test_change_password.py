import pytest

from chassis.errors import Unavailable
from tests.fakes.user_service_house import PASSWORD, House, SignedIn, password_change
from user_service.domain.errors import (
    AccountNotFound,
    CredentialsWrong,
    PasswordUnacceptable,
    SessionEnded,
    TooManyAttempts,
)
from user_service.domain.password import Password

NEW = "another good password"


@pytest.fixture
async def laptop(house: House) -> SignedIn:
    await house.new_account()
    return await house.new_session()


@pytest.fixture
async def phone(house: House, laptop: SignedIn) -> SignedIn:
    return await house.new_session()


async def test_the_new_password_opens_and_the_old_one_does_not(house: House, laptop: SignedIn) -> None:
    await house.change_password(laptop.caller, password_change())
    assert await house.new_session(password=NEW)
    with pytest.raises(CredentialsWrong):
        await house.new_session(password=PASSWORD)


async def test_every_other_session_ends_and_the_caller_s_goes_on(
    house: House, laptop: SignedIn, phone: SignedIn
) -> None:
    await house.change_password(laptop.caller, password_change())
    assert await house.check_session(laptop.caller)
    assert await house.refresh(laptop.tokens.refresh_token)
    with pytest.raises(SessionEnded):
        await house.check_session(phone.caller)
    assert house.cache.value(phone.tokens.session_id) == "ended"


async def test_a_wrong_present_password_changes_nothing(
    house: House, laptop: SignedIn, phone: SignedIn
) -> None:
    with pytest.raises(CredentialsWrong):
        await house.change_password(laptop.caller, password_change(current="not the password"))
    assert await house.check_session(phone.caller)
    assert await house.new_session()


@pytest.mark.parametrize("new", ["short", "password1", "ada@example.com", "stowage 2026"])
async def test_an_unacceptable_new_password_is_refused_and_costs_no_attempt(
    house: House, laptop: SignedIn, new: str
) -> None:
    for _ in range(20):
        with pytest.raises(PasswordUnacceptable):
            await house.change_password(laptop.caller, password_change(new=new))
    assert await house.new_session()


async def test_repeating_a_change_is_a_success(house: House, laptop: SignedIn) -> None:
    await house.change_password(laptop.caller, password_change())
    version = house.stored_accounts.rows[laptop.account.id].password_version
    await house.change_password(laptop.caller, password_change())
    assert house.stored_accounts.rows[laptop.account.id].password_version == version


@pytest.mark.parametrize("lost", ["end", "list"])
async def test_a_repeat_after_a_lost_answer_ends_the_sessions_that_were_left(
    house: House, laptop: SignedIn, phone: SignedIn, lost: str
) -> None:
    house.sessions.lose(lost)
    with pytest.raises(Unavailable):
        await house.change_password(laptop.caller, password_change())
    await house.change_password(laptop.caller, password_change())
    with pytest.raises(SessionEnded):
        await house.check_session(phone.caller)
    assert house.cache.value(phone.tokens.session_id) == "ended"


async def test_a_repeat_after_the_write_s_answer_was_lost_is_a_success(
    house: House, laptop: SignedIn, phone: SignedIn
) -> None:
    house.accounts.lose("replace_password")
    with pytest.raises(Unavailable):
        await house.change_password(laptop.caller, password_change())
    await house.change_password(laptop.caller, password_change())
    assert await house.new_session(password=NEW)
    with pytest.raises(SessionEnded):
        await house.check_session(phone.caller)


async def test_a_hash_made_anew_in_between_does_not_spoil_the_change(house: House, laptop: SignedIn) -> None:
    account = house.stored_accounts.rows[laptop.account.id]

    async def rehash() -> None:
        rehashed = account.with_password_rehashed(await house.hasher.hash(Password(PASSWORD)))
        await house.stored_accounts.replace_password(account, rehashed)

    house.accounts.before("replace_password", rehash)
    await house.change_password(laptop.caller, password_change())
    assert await house.new_session(password=NEW)


async def test_of_two_different_changes_at_once_one_is_refused(house: House, laptop: SignedIn) -> None:
    other = password_change(new="a third good password")
    house.accounts.before("replace_password", lambda: house.change_password(laptop.caller, other))
    with pytest.raises(CredentialsWrong):
        await house.change_password(laptop.caller, password_change())
    assert await house.new_session(password="a third good password")


async def test_an_account_that_is_gone_is_not_found(house: House, laptop: SignedIn) -> None:
    house.stored_accounts.rows.clear()
    with pytest.raises(AccountNotFound):
        await house.change_password(laptop.caller, password_change())


async def test_guessing_the_present_password_is_throttled(house: House, laptop: SignedIn) -> None:
    for _ in range(10):
        with pytest.raises(CredentialsWrong):
            await house.change_password(laptop.caller, password_change(current="a guess"))
    with pytest.raises(TooManyAttempts):
        await house.change_password(laptop.caller, password_change())
