import pytest

from chassis.errors import Unavailable
from tests.fakes.user_service_house import SESSION_LIFE, House, SignedIn
from user_service.domain.errors import RefreshTokenInvalid, SessionEnded, SessionNotFound
from user_service.domain.ids import SessionId
from user_service.domain.tokens import ACCESS_TOKEN_LIFE, Caller


@pytest.fixture
async def laptop(house: House) -> SignedIn:
    await house.new_account()
    return await house.new_session(device="laptop")


@pytest.fixture
async def phone(house: House, laptop: SignedIn) -> SignedIn:
    house.clock.advance(seconds=60)
    return await house.new_session(device="phone")


async def test_sessions_are_listed_newest_first(house: House, laptop: SignedIn, phone: SignedIn) -> None:
    assert [session.device for session in await house.list_sessions(laptop.caller)] == ["phone", "laptop"]


async def test_signing_out_ends_the_session_at_once(house: House, laptop: SignedIn, phone: SignedIn) -> None:
    await house.end_session(laptop.caller, None)
    with pytest.raises(SessionEnded):
        await house.check_session(laptop.caller)
    with pytest.raises(RefreshTokenInvalid):
        await house.refresh(laptop.tokens.refresh_token)
    assert house.cache.value(laptop.tokens.session_id) == "ended"
    assert [session.device for session in await house.list_sessions(phone.caller)] == ["phone"]


async def test_another_device_of_the_account_can_be_signed_out(
    house: House, laptop: SignedIn, phone: SignedIn
) -> None:
    await house.end_session(laptop.caller, phone.tokens.session_id)
    with pytest.raises(SessionEnded):
        await house.check_session(phone.caller)
    assert await house.check_session(laptop.caller)


async def test_ending_a_session_twice_is_harmless(house: House, laptop: SignedIn, phone: SignedIn) -> None:
    await house.end_session(laptop.caller, phone.tokens.session_id)
    house.clock.advance(seconds=3599)
    await house.end_session(laptop.caller, phone.tokens.session_id)
    (ended,) = [row for row in house.stored_sessions.rows.values() if row.ended_at is not None]
    assert ended.ended_at is not None
    assert (house.clock.now() - ended.ended_at).total_seconds() == 3599


async def test_signing_out_of_a_session_that_is_forgotten_is_harmless(house: House, laptop: SignedIn) -> None:
    house.stored_sessions.rows.clear()
    await house.end_session(laptop.caller, None)


async def test_naming_another_account_s_session_neither_opens_nor_ends_it(
    house: House, laptop: SignedIn
) -> None:
    stranger = await house.new_account("bob@example.com")
    with pytest.raises(SessionEnded):
        await house.check_session(Caller(stranger.id, laptop.tokens.session_id))
    assert house.cache.value(laptop.tokens.session_id) == f"live:{laptop.account.id}"


async def test_a_stranger_s_session_cannot_be_ended_nor_told_from_none(
    house: House, laptop: SignedIn
) -> None:
    await house.new_account(email="bob@example.com")
    bob = await house.new_session(email="bob@example.com")
    for session_id in (laptop.tokens.session_id, SessionId("f" * 32), SessionId("no id")):
        with pytest.raises(SessionNotFound):
            await house.end_session(bob.caller, session_id)
    assert await house.check_session(laptop.caller)


async def test_after_a_lost_answer_ending_again_writes_the_tombstone(house: House, laptop: SignedIn) -> None:
    house.sessions.lose("end")
    with pytest.raises(Unavailable):
        await house.end_session(laptop.caller, None)
    await house.end_session(laptop.caller, None)
    assert house.cache.value(laptop.tokens.session_id) == "ended"
    with pytest.raises(SessionEnded):
        await house.check_session(laptop.caller)


async def test_a_check_tells_the_cache_that_the_session_lives(house: House, laptop: SignedIn) -> None:
    house.clock.advance(seconds=31)
    await house.check_session(laptop.caller)
    assert house.cache.value(laptop.tokens.session_id) == f"live:{laptop.account.id}"


async def test_a_live_copy_never_outlives_the_session(house: House, laptop: SignedIn) -> None:
    house.clock.time = laptop.tokens.refresh_expires_at
    house.clock.advance(seconds=-5)
    await house.check_session(laptop.caller)
    house.clock.advance(seconds=5)
    assert house.cache.value(laptop.tokens.session_id) is None


async def test_a_slow_check_cannot_bring_an_ended_session_back(house: House, laptop: SignedIn) -> None:
    house.clock.advance(seconds=31)
    slow_reader_saw = house.stored_sessions.rows[laptop.account.id, laptop.tokens.session_id]
    await house.end_session(laptop.caller, None)
    await house.cache.fill(
        slow_reader_saw.id, slow_reader_saw.account_id, life=slow_reader_saw.expires_at - house.clock.now()
    )
    assert house.cache.value(laptop.tokens.session_id) == "ended"


async def test_without_the_cache_an_ended_session_is_refused_all_the_same(
    house: House, laptop: SignedIn
) -> None:
    house.cache.away = True
    await house.end_session(laptop.caller, None)
    with pytest.raises(SessionEnded):
        await house.check_session(laptop.caller)


async def test_access_is_prolonged_for_the_session_that_asks(house: House, laptop: SignedIn) -> None:
    house.clock.advance(seconds=540)
    access = await house.prolong_access(laptop.caller)

    assert access.expires_at == house.clock.now() + ACCESS_TOKEN_LIFE
    assert access.text != laptop.tokens.access_token
    assert await house.refresh(laptop.tokens.refresh_token)  # which has not been used


async def test_access_is_not_prolonged_past_the_session_s_end(house: House, laptop: SignedIn) -> None:
    house.clock.advance(seconds=SESSION_LIFE.total_seconds() - 60)
    assert (await house.prolong_access(laptop.caller)).expires_at == laptop.tokens.refresh_expires_at
    house.clock.advance(seconds=61)
    with pytest.raises(SessionEnded):
        await house.prolong_access(laptop.caller)


async def test_an_ended_session_s_access_is_not_prolonged(
    house: House, laptop: SignedIn, phone: SignedIn
) -> None:
    await house.end_session(phone.caller, laptop.tokens.session_id)
    with pytest.raises(SessionEnded):
        await house.prolong_access(laptop.caller)
    assert await house.prolong_access(phone.caller)
