"""What every AccountRepository promises; and what the real one does when answers get lost."""

import asyncio
from dataclasses import replace

import pytest

from chassis.dynamodb import counting
from chassis.errors import Unavailable
from tests.contracts.user_service.conftest import Repositories, new_account
from tests.faults import CONFLICT, LOST_AFTER, LOST_BEFORE, THROTTLED, Fault
from user_service.domain.account import Account
from user_service.domain.errors import AccountNotFound, EmailTaken
from user_service.domain.ids import AccountId


@pytest.fixture
async def account(repositories: Repositories) -> Account:
    account = new_account()
    await repositories.accounts.add(account)
    return account


async def test_an_account_is_found_by_id_and_by_address(repositories: Repositories, account: Account) -> None:
    assert await repositories.accounts.get(account.id) == account
    assert await repositories.accounts.find(account.email) == account


async def test_what_is_not_there_is_not_found(repositories: Repositories) -> None:
    assert await repositories.accounts.get(AccountId("0" * 32)) is None
    assert await repositories.accounts.find("nobody@example.com") is None


async def test_an_address_belongs_to_one_account(repositories: Repositories, account: Account) -> None:
    second = new_account(email=account.email)
    with pytest.raises(EmailTaken):
        await repositories.accounts.add(second)
    assert await repositories.accounts.get(second.id) is None
    assert await repositories.accounts.find(account.email) == account


async def test_of_many_at_once_one_gets_the_address(repositories: Repositories) -> None:
    email = new_account().email
    rivals = [new_account(email=email) for _ in range(8)]
    results = await asyncio.gather(
        *(repositories.accounts.add(rival) for rival in rivals), return_exceptions=True
    )
    winners = [rival for rival, result in zip(rivals, results, strict=True) if result is None]
    assert {type(result) for result in results} == {EmailTaken, type(None)}
    assert [await repositories.accounts.find(email)] == winners


async def test_a_new_name_is_kept_and_answered(repositories: Repositories, account: Account) -> None:
    renamed = await repositories.accounts.rename(account, "Countess")
    assert renamed == replace(account, display_name="Countess")
    assert await repositories.accounts.get(account.id) == renamed


async def test_an_empty_name_is_kept(repositories: Repositories, account: Account) -> None:
    assert (await repositories.accounts.rename(account, "")).display_name == ""


async def test_renaming_brings_nobody_into_being(repositories: Repositories) -> None:
    ghost = new_account()
    with pytest.raises(AccountNotFound):
        await repositories.accounts.rename(ghost, "Ghost")
    assert await repositories.accounts.get(ghost.id) is None


async def test_a_password_is_replaced_while_the_one_that_was_read_stands(
    repositories: Repositories, account: Account
) -> None:
    changed = account.with_new_password("$argon2id$second")
    assert await repositories.accounts.replace_password(account, changed)
    assert await repositories.accounts.get(account.id) == changed


async def test_a_password_is_not_replaced_over_another_one(
    repositories: Repositories, account: Account
) -> None:
    second = account.with_new_password("$argon2id$second")
    await repositories.accounts.replace_password(account, second)
    third = account.with_new_password("$argon2id$third")
    assert not await repositories.accounts.replace_password(account, third)
    assert await repositories.accounts.get(account.id) == second


async def test_replacing_a_password_leaves_the_profile_as_it_is_by_then(
    repositories: Repositories, account: Account
) -> None:
    await repositories.accounts.rename(account, "Countess")
    await repositories.accounts.replace_password(account, account.with_new_password("$argon2id$second"))
    stored = await repositories.accounts.get(account.id)
    assert stored is not None
    assert stored.display_name == "Countess"


async def test_replacing_a_password_brings_nobody_into_being(repositories: Repositories) -> None:
    ghost = new_account()
    changed = ghost.with_new_password("$argon2id$second")
    assert not await repositories.accounts.replace_password(ghost, changed)
    assert await repositories.accounts.get(ghost.id) is None


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE, CONFLICT, THROTTLED])
async def test_adding_gets_over_a_fault(real: Repositories, fault: Fault) -> None:
    account = new_account()
    real.faults.inject("TransactWriteItems", fault)
    await real.accounts.add(account)
    assert await real.accounts.find(account.email) == account
    assert len(real.faults.happened) == 1


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE, CONFLICT, THROTTLED])
async def test_changes_get_over_a_fault(real: Repositories, fault: Fault) -> None:
    account = new_account()
    await real.accounts.add(account)
    real.faults.inject("UpdateItem", fault)
    renamed = await real.accounts.rename(account, "Countess")
    real.faults.inject("UpdateItem", fault)
    changed = renamed.with_new_password("$argon2id$second")
    assert await real.accounts.replace_password(renamed, changed)
    assert await real.accounts.get(account.id) == changed
    assert len(real.faults.happened) == 2


async def test_a_fault_that_stays_leaves_the_outcome_unknown(real: Repositories) -> None:
    real.faults.inject("TransactWriteItems", LOST_AFTER, times=100)
    account = new_account()
    with pytest.raises(Unavailable):
        await real.accounts.add(account)
    assert await real.accounts.find(account.email) == account


async def test_looking_up_an_address_costs_the_same_whether_it_is_known_or_not(real: Repositories) -> None:
    account = new_account()
    await real.accounts.add(account)
    with counting() as known:
        await real.accounts.find(account.email)
    with counting() as unknown:
        await real.accounts.find("nobody@example.com")
    assert known == unknown == {"GetItem": 2}
