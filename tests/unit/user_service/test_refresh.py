from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.errors import Unavailable
from tests.fakes.user_service_house import SESSION_LIFE, House, SignedIn
from user_service.domain.account import AccountState
from user_service.domain.errors import RefreshTokenInvalid, SessionEnded
from user_service.domain.session import GRACE, MAX_RETIRED_TOKENS


@pytest.fixture
async def device(house: House) -> SignedIn:
    await house.new_account()
    return await house.new_session()


async def test_a_refresh_gives_another_pair_and_prolongs_the_session(house: House, device: SignedIn) -> None:
    house.clock.advance(seconds=600)
    tokens = await house.refresh(device.tokens.refresh_token)
    now = house.clock.now()
    assert tokens.session_id == device.tokens.session_id
    assert tokens.refresh_token != device.tokens.refresh_token
    assert tokens.access_expires_at == now + timedelta(minutes=10)
    assert tokens.refresh_expires_at == now + SESSION_LIFE
    assert (await house.check_session(device.caller)).last_seen_at == now


async def test_every_repeat_within_the_grace_gives_the_same_successor(house: House, device: SignedIn) -> None:
    first = await house.refresh(device.tokens.refresh_token)
    for _ in range(6):
        house.clock.advance(seconds=GRACE.total_seconds() / 6)
        repeated = await house.refresh(device.tokens.refresh_token)
        assert repeated.refresh_token == first.refresh_token
    assert await house.refresh(first.refresh_token)


async def test_a_tab_that_is_two_exchanges_behind_gets_its_successor_too(
    house: House, device: SignedIn
) -> None:
    first = await house.refresh(device.tokens.refresh_token)
    house.clock.advance(seconds=10)
    second = await house.refresh(first.refresh_token)
    house.clock.advance(seconds=10)
    late = await house.refresh(device.tokens.refresh_token)
    assert late.refresh_token == first.refresh_token
    assert (await house.refresh(late.refresh_token)).refresh_token == second.refresh_token


async def test_reuse_after_the_grace_ends_the_session_for_both_holders(
    house: House, device: SignedIn
) -> None:
    successor = await house.refresh(device.tokens.refresh_token)
    house.clock.advance(seconds=GRACE.total_seconds() + 0.001)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(device.tokens.refresh_token)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(successor.refresh_token)
    with pytest.raises(SessionEnded):
        await house.check_session(device.caller)
    assert house.cache.value(device.tokens.session_id) == "ended"


async def test_reuse_of_a_token_of_long_ago_ends_the_session(house: House, device: SignedIn) -> None:
    token = device.tokens.refresh_token
    for _ in range(5):
        token = (await house.refresh(token)).refresh_token
        house.clock.advance(seconds=600)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(device.tokens.refresh_token)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(token)


async def test_a_token_made_up_around_the_ids_of_a_session_harms_nobody(
    house: House, device: SignedIn
) -> None:
    forger = replace(house.mint, server_secret=b"a guess")
    forged = forger.first(device.account.id, device.tokens.session_id, b"\1" * 32)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(forged.text)
    assert await house.check_session(device.caller)


async def test_after_a_lost_answer_the_repeat_gives_the_successor(house: House, device: SignedIn) -> None:
    house.sessions.lose("rotate")
    with pytest.raises(Unavailable):
        await house.refresh(device.tokens.refresh_token)
    house.clock.advance(seconds=5)
    tokens = await house.refresh(device.tokens.refresh_token)
    assert await house.refresh(tokens.refresh_token)


async def test_two_tabs_that_race_get_the_same_successor(house: House, device: SignedIn) -> None:
    other_tab: list[str] = []

    async def refresh_in_other_tab() -> None:
        other_tab.append((await house.refresh(device.tokens.refresh_token)).refresh_token)

    house.sessions.before("rotate", refresh_in_other_tab)
    assert [(await house.refresh(device.tokens.refresh_token)).refresh_token] == other_tab


async def test_a_refresh_that_overlaps_the_end_of_its_session_is_refused(
    house: House, device: SignedIn
) -> None:
    house.sessions.before("rotate", lambda: house.end_session(device.caller, None))
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(device.tokens.refresh_token)
    with pytest.raises(SessionEnded):
        await house.check_session(device.caller)


async def test_a_session_that_nobody_used_expires(house: House, device: SignedIn) -> None:
    house.clock.advance(seconds=SESSION_LIFE.total_seconds())
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(device.tokens.refresh_token)
    with pytest.raises(SessionEnded):
        await house.check_session(device.caller)


async def test_a_disabled_account_gets_no_new_tokens(house: House, device: SignedIn) -> None:
    account = house.stored_accounts.rows[device.account.id]
    house.stored_accounts.rows[account.id] = replace(account, state=AccountState.DISABLED)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(device.tokens.refresh_token)


async def test_without_a_key_to_sign_with_the_token_is_not_used_up(house: House, device: SignedIn) -> None:
    house.signer.without_key = True
    with pytest.raises(Unavailable):
        await house.refresh(device.tokens.refresh_token)
    house.clock.advance(seconds=3600)
    house.signer.without_key = False
    assert await house.refresh(device.tokens.refresh_token)


async def test_a_session_remembers_a_bounded_number_of_exchanged_tokens(
    house: House, device: SignedIn
) -> None:
    token = device.tokens.refresh_token
    for _ in range(MAX_RETIRED_TOKENS + 5):
        token = (await house.refresh(token)).refresh_token
    (session,) = house.stored_sessions.rows.values()
    assert len(session.retired) == MAX_RETIRED_TOKENS


@pytest.mark.parametrize("text", ["", "rubbish", "é" * 108])
async def test_rubbish_is_refused(house: House, text: str) -> None:
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(text)
