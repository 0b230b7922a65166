"""What every SessionRepository promises; and what the real one does when answers get lost."""

import asyncio
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.dynamodb import counting
from chassis.errors import Unavailable
from tests.contracts.user_service.conftest import Repositories, new_account
from tests.faults import CONFLICT, LOST_AFTER, LOST_BEFORE, THROTTLED, Fault
from user_service.domain.account import Account
from user_service.domain.ids import SessionId
from user_service.domain.session import Session

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
LATER = NOW + timedelta(minutes=10)
EXPIRY = datetime(2036, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
async def account(repositories: Repositories) -> Account:
    account = new_account()
    await repositories.accounts.add(account)
    return account


@pytest.fixture
async def session(repositories: Repositories, account: Account) -> Session:
    session = new_session(account)
    assert await repositories.sessions.open(session, account)
    return session


def new_session(account: Account) -> Session:
    return Session(
        id=SessionId(secrets.token_hex(16)),
        account_id=account.id,
        device="laptop",
        created_at=NOW,
        last_seen_at=NOW,
        expires_at=EXPIRY,
        token_hash=secrets.token_hex(32),
    )


def rotated(session: Session) -> Session:
    return session.rotated(secrets.token_hex(32), now=LATER, expires_at=EXPIRY + timedelta(minutes=10))


async def test_an_opened_session_is_there(repositories: Repositories, session: Session) -> None:
    assert await repositories.sessions.get(session.account_id, session.id) == session


async def test_what_was_not_opened_is_not_there(repositories: Repositories, account: Account) -> None:
    assert await repositories.sessions.get(account.id, SessionId("0" * 32)) is None
    assert await repositories.sessions.list(account.id) == []


async def test_a_session_is_found_with_its_own_account_only(
    repositories: Repositories, session: Session
) -> None:
    stranger = new_account()
    assert await repositories.sessions.get(stranger.id, session.id) is None


async def test_a_device_without_a_name_is_kept(repositories: Repositories, account: Account) -> None:
    nameless = replace(new_session(account), device="")
    assert await repositories.sessions.open(nameless, account)
    assert await repositories.sessions.get(account.id, nameless.id) == nameless


async def test_all_sessions_of_one_account_are_listed(repositories: Repositories, account: Account) -> None:
    sessions = [new_session(account) for _ in range(30)]
    for session in sessions:
        await repositories.sessions.open(session, account)
    stranger = new_account()
    await repositories.accounts.add(stranger)
    await repositories.sessions.open(new_session(stranger), stranger)
    listed = await repositories.sessions.list(account.id)
    assert {session.id for session in listed} == {session.id for session in sessions}


async def test_no_session_opens_against_a_password_that_was_changed(
    repositories: Repositories, account: Account
) -> None:
    changed = account.with_new_password("$argon2id$second")
    await repositories.accounts.replace_password(account, changed)
    session = new_session(account)
    assert not await repositories.sessions.open(session, account)
    assert await repositories.sessions.get(account.id, session.id) is None
    assert await repositories.sessions.open(session, changed)


async def test_a_session_opens_against_a_password_that_was_hashed_anew(
    repositories: Repositories, account: Account
) -> None:
    rehashed = account.with_password_rehashed("$argon2id$again")
    await repositories.accounts.replace_password(account, rehashed)
    assert await repositories.sessions.open(new_session(account), account)


async def test_no_session_opens_for_an_account_that_is_not_there(repositories: Repositories) -> None:
    ghost = new_account()
    assert not await repositories.sessions.open(new_session(ghost), ghost)
    assert await repositories.sessions.list(ghost.id) == []


async def test_many_sign_ins_of_one_account_at_once_all_succeed(
    repositories: Repositories, account: Account
) -> None:
    opened = await asyncio.gather(
        *(repositories.sessions.open(new_session(account), account) for _ in range(16))
    )
    assert all(opened)


async def test_a_rotated_session_is_as_it_was_written(repositories: Repositories, session: Session) -> None:
    second = rotated(session)
    assert await repositories.sessions.rotate(session, second)
    third = rotated(second)
    assert await repositories.sessions.rotate(second, third)
    assert await repositories.sessions.get(session.account_id, session.id) == third
    assert len(third.retired) == 2


async def test_a_session_is_not_rotated_over_another_token(
    repositories: Repositories, session: Session
) -> None:
    second = rotated(session)
    await repositories.sessions.rotate(session, second)
    assert not await repositories.sessions.rotate(session, rotated(session))
    assert await repositories.sessions.get(session.account_id, session.id) == second


async def test_an_ended_session_has_no_token_and_is_not_rotated(
    repositories: Repositories, session: Session
) -> None:
    ended = session.ended(LATER)
    await repositories.sessions.end(ended)
    assert await repositories.sessions.get(session.account_id, session.id) == ended
    assert not await repositories.sessions.rotate(session, rotated(session))


async def test_a_session_ends_with_whatever_token_it_has_by_then(
    repositories: Repositories, session: Session
) -> None:
    await repositories.sessions.rotate(session, rotated(session))
    await repositories.sessions.end(session.ended(LATER))
    stored = await repositories.sessions.get(session.account_id, session.id)
    assert stored is not None
    assert (stored.ended_at, stored.token_hash, stored.retired) == (LATER, "", ())


async def test_ending_again_changes_nothing(repositories: Repositories, session: Session) -> None:
    await repositories.sessions.end(session.ended(NOW))
    await repositories.sessions.end(session.ended(LATER))
    stored = await repositories.sessions.get(session.account_id, session.id)
    assert stored is not None
    assert stored.ended_at == NOW


async def test_neither_ending_nor_rotating_brings_a_session_into_being(
    repositories: Repositories, account: Account
) -> None:
    ghost = new_session(account)
    await repositories.sessions.end(ghost.ended(LATER))
    assert not await repositories.sessions.rotate(ghost, rotated(ghost))
    assert await repositories.sessions.list(account.id) == []


async def test_a_session_is_forgotten_unless_it_was_prolonged_since(
    repositories: Repositories, session: Session
) -> None:
    second = rotated(session)
    await repositories.sessions.rotate(session, second)
    await repositories.sessions.forget(session)
    assert await repositories.sessions.get(session.account_id, session.id) == second
    await repositories.sessions.forget(second)
    assert await repositories.sessions.get(session.account_id, session.id) is None
    await repositories.sessions.forget(second)


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE, CONFLICT, THROTTLED])
async def test_every_write_gets_over_a_fault(real: Repositories, fault: Fault) -> None:
    account = new_account()
    await real.accounts.add(account)
    session = new_session(account)
    real.faults.inject("TransactWriteItems", fault)
    assert await real.sessions.open(session, account)
    real.faults.inject("UpdateItem", fault)
    second = rotated(session)
    assert await real.sessions.rotate(session, second)
    assert await real.sessions.get(account.id, session.id) == second
    real.faults.inject("UpdateItem", fault)
    await real.sessions.end(second.ended(LATER))
    assert await real.sessions.get(account.id, session.id) == second.ended(LATER)
    assert len(real.faults.happened) == 3


async def test_a_fault_that_stays_leaves_the_outcome_unknown(real: Repositories) -> None:
    account = new_account()
    await real.accounts.add(account)
    session = new_session(account)
    await real.sessions.open(session, account)
    real.faults.inject("UpdateItem", LOST_BEFORE, times=100)
    with pytest.raises(Unavailable):
        await real.sessions.end(session.ended(LATER))
    with pytest.raises(Unavailable):
        await real.sessions.rotate(session, rotated(session))
    assert await real.sessions.get(account.id, session.id) == session


async def test_each_operation_is_one_request(real: Repositories) -> None:
    account = new_account()
    await real.accounts.add(account)
    session = new_session(account)
    with counting() as calls:
        await real.sessions.open(session, account)
        await real.sessions.get(account.id, session.id)
        await real.sessions.rotate(session, rotated(session))
        await real.sessions.list(account.id)
    assert calls == {"TransactWriteItems": 1, "GetItem": 1, "UpdateItem": 1, "Query": 1}
