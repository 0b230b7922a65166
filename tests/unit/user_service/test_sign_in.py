from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import Unavailable
from tests.fakes.user_service_house import EMAIL, PASSWORD, SESSION_LIFE, House, credentials
from user_service.app.end_sessions import MAX_LIVE_SESSIONS
from user_service.domain.account import AccountState
from user_service.domain.errors import CredentialsWrong, SessionEnded, TooManyAttempts
from user_service.domain.password import Password


async def test_signing_in_opens_a_session_with_both_tokens(house: House) -> None:
    account = await house.new_account()
    device = await house.new_session(device="stowage on laptop")
    now = house.clock.now()
    assert device.account == account
    assert device.tokens.access_expires_at == now + timedelta(minutes=10)
    assert device.tokens.refresh_expires_at == now + SESSION_LIFE
    assert device.tokens.access_token.startswith(f"{account.id}/{device.tokens.session_id}/")
    session = await house.check_session(device.caller)
    assert (session.device, session.created_at) == ("stowage on laptop", now)


async def test_an_address_signs_in_in_any_spelling(house: House) -> None:
    await house.new_account()
    assert await house.new_session(email=" ADA@example.COM ")


async def test_a_refresh_token_is_never_stored(house: House) -> None:
    await house.new_account()
    device = await house.new_session()
    assert device.tokens.refresh_token not in repr(house.stored_sessions.rows)
    (session,) = house.stored_sessions.rows.values()
    assert session.token_hash != device.tokens.refresh_token


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "not the password"),
        (EMAIL, ""),
        (EMAIL, "x" * 10_000),
        ("bob@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("\ud800@example.com", PASSWORD),
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(house: House, email: str, password: str) -> None:
    await house.new_account()
    with pytest.raises(CredentialsWrong) as refusal:
        await house.new_session(email=email, password=password)
    assert refusal.value.detail == "E-mail or password is wrong."
    assert not house.stored_sessions.rows


async def test_a_password_is_compared_for_an_unknown_account_too(house: House) -> None:
    with pytest.raises(CredentialsWrong):
        await house.new_session(email="bob@example.com")
    assert house.hasher.verified == 1


async def test_a_disabled_account_does_not_get_in(house: House) -> None:
    account = await house.new_account()
    house.stored_accounts.rows[account.id] = replace(account, state=AccountState.DISABLED)
    with pytest.raises(CredentialsWrong):
        await house.new_session()


async def test_a_hash_with_older_parameters_is_made_anew(house: House) -> None:
    account = await house.new_account()
    house.hasher.parameters = "2"
    await house.new_session()
    rehashed = house.stored_accounts.rows[account.id]
    assert rehashed.password_hash.startswith("2$")
    assert rehashed.password_version == account.password_version
    verdict = await house.hasher.verify(Password(PASSWORD), rehashed.password_hash)
    assert (verdict.correct, verdict.outdated) == (True, False)


async def test_a_lost_answer_while_hashing_anew_does_not_spoil_the_sign_in(house: House) -> None:
    await house.new_account()
    house.hasher.parameters = "2"
    house.accounts.lose("replace_password")
    assert await house.new_session()


async def test_a_sign_in_that_overlaps_a_password_change_does_not_survive_it(house: House) -> None:
    account = await house.new_account()

    async def change_password() -> None:
        changed = account.with_new_password(await house.hasher.hash(Password("another password")))
        await house.stored_accounts.replace_password(account, changed)

    house.sessions.before("open", change_password)
    with pytest.raises(CredentialsWrong):
        await house.new_session()
    assert not house.stored_sessions.rows


async def test_a_lost_answer_may_leave_a_second_session_and_repeating_works(house: House) -> None:
    account = await house.new_account()
    house.sessions.lose("open")
    with pytest.raises(Unavailable):
        await house.new_session()
    device = await house.new_session()
    assert await house.check_session(device.caller)
    assert len(await house.stored_sessions.list(account.id)) == 2


async def test_without_a_key_to_sign_with_no_session_is_opened(house: House) -> None:
    await house.new_account()
    house.signer.without_key = True
    with pytest.raises(Unavailable):
        await house.new_session()
    assert not house.stored_sessions.rows


async def test_the_gateway_finds_a_new_session_in_the_cache(house: House) -> None:
    await house.new_account()
    device = await house.new_session()
    assert house.cache.value(device.tokens.session_id) == f"live:{device.account.id}"
    house.clock.advance(seconds=31)
    assert house.cache.value(device.tokens.session_id) is None


async def test_beyond_what_an_account_may_have_the_session_longest_unseen_ends(house: House) -> None:
    await house.new_account()
    devices = []
    for _ in range(MAX_LIVE_SESSIONS + 1):
        devices.append(await house.new_session())
        house.clock.advance(seconds=1)
    with pytest.raises(SessionEnded):
        await house.check_session(devices[0].caller)
    assert house.cache.value(devices[0].tokens.session_id) == "ended"
    assert await house.check_session(devices[1].caller)
    assert await house.check_session(devices[-1].caller)


async def test_sign_ins_forget_sessions_that_are_over(house: House) -> None:
    account = await house.new_account()
    for _ in range(10):
        await house.end_session((await house.new_session()).caller, None)
    house.clock.advance(seconds=3600)
    for _ in range(2):
        device = await house.new_session()
    assert len(await house.stored_sessions.list(account.id)) == 2
    assert await house.check_session(device.caller)


async def test_failing_to_count_sessions_does_not_spoil_a_sign_in(house: House) -> None:
    await house.new_account()
    house.sessions.lose("list")
    assert await house.new_session()


async def test_no_room_to_compare_is_said_and_costs_no_attempt(house: House) -> None:
    await house.new_account()
    house.hasher.full = True
    for _ in range(50):
        with pytest.raises(TooManyAttempts):
            await house.sign_in(credentials())
    house.hasher.full = False
    assert await house.new_session()
