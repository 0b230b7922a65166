"""Transactions, batches and request tokens, as the real engine does them; and what the fault wrapper makes of them."""

import secrets

import pytest

from chassis.dynamodb import (
    Action,
    ConditionFailed,
    IdempotentParameterMismatch,
    OutcomeUnknown,
    Reason,
    Throttled,
    TransactionCancelled,
    TransactionConflict,
    equals,
    exists,
    not_exists,
)
from tests.contracts.chassis.conftest import Shelf
from tests.faults import CONFLICT, LOST_AFTER, LOST_BEFORE, THROTTLED, Fault


async def test_a_transaction_writes_all_of_its_actions(shelf: Shelf) -> None:
    table, name = shelf.table, shelf.name
    for number in (1, 2, 3):
        await table.put(shelf.row(number))

    await shelf.db.transact(
        [
            table.putting(shelf.row(4), not_exists("shelf")),
            table.updating(name, 1, set={"title": "new"}, add={"pages": 2}, condition=exists("shelf")),
            table.deleting(name, 2, exists("shelf")),
            table.checking(name, 3, condition=equals("pages", 0)),
        ]
    )

    rows = (await table.query(name)).items
    assert rows == (shelf.row(1, title="new", pages=2), shelf.row(3), shelf.row(4))


async def test_a_transaction_with_one_failed_condition_writes_nothing_and_says_which(shelf: Shelf) -> None:
    table = shelf.table
    await table.put(shelf.row(2, title="stands", data=b"\xff"))

    with pytest.raises(TransactionCancelled) as caught:
        await shelf.db.transact(
            [
                table.putting(shelf.row(1), not_exists("shelf")),
                table.putting(shelf.row(2), not_exists("shelf")),
                table.checking(shelf.name, 3, condition=exists("shelf")),
            ]
        )

    assert caught.value.reasons == (
        Reason("None"),
        Reason("ConditionalCheckFailed", shelf.row(2, title="stands", data=b"\xff")),
        Reason("ConditionalCheckFailed"),
    )
    assert await table.get(shelf.name, 1) is None


def increment(shelf: Shelf) -> list[Action]:
    return [shelf.table.updating(shelf.name, 1, add={"pages": 1}, condition=exists("shelf"))]


async def test_the_same_transaction_with_the_same_token_is_applied_once(shelf: Shelf) -> None:
    await shelf.table.put(shelf.row(1))
    token = secrets.token_hex(16)

    await shelf.db.transact(increment(shelf), request_token=token)
    await shelf.db.transact(increment(shelf), request_token=token)

    row = await shelf.table.get(shelf.name, 1)
    assert row is not None
    assert row.pages == 1


async def test_another_transaction_with_the_same_token_is_refused(shelf: Shelf) -> None:
    await shelf.table.put(shelf.row(1))
    token = secrets.token_hex(16)
    await shelf.db.transact(increment(shelf), request_token=token)

    with pytest.raises(IdempotentParameterMismatch):
        await shelf.db.transact([shelf.table.deleting(shelf.name, 1)], request_token=token)


async def test_a_hundred_actions_fit_into_one_transaction(shelf: Shelf) -> None:
    await shelf.db.transact([shelf.table.putting(shelf.row(number)) for number in range(100)])

    assert len([row async for row in shelf.table.query_all(shelf.name)]) == 100


async def test_rows_as_of_one_moment_come_in_order_with_gaps(shelf: Shelf) -> None:
    await shelf.table.put(shelf.row(1))
    await shelf.table.put(shelf.row(3))

    rows = await shelf.db.transact_get([shelf.table.getting(shelf.name, number) for number in (3, 2, 1)])

    assert rows == [shelf.row(3), None, shelf.row(1)]


async def test_any_number_of_rows_is_read_in_order_with_gaps_and_repeats(shelf: Shelf) -> None:
    await shelf.db.transact([shelf.table.putting(shelf.row(number)) for number in range(0, 150, 2)])
    asked = [*range(150), 0]

    rows = await shelf.db.batch_get([shelf.table.getting(shelf.name, number) for number in asked])

    assert rows == [shelf.row(number) if number % 2 == 0 else None for number in asked]


@pytest.mark.parametrize(("fault", "applied"), [(LOST_AFTER, True), (LOST_BEFORE, False)])
async def test_a_lost_answer_of_a_write_leaves_the_outcome_to_its_caller(
    shelf: Shelf, fault: Fault, applied: bool
) -> None:
    shelf.faults.inject("PutItem", fault)

    with pytest.raises(OutcomeUnknown):
        await shelf.table.put(shelf.row(1))

    assert (await shelf.table.get(shelf.name, 1) is not None) == applied


@pytest.mark.parametrize("fault", [LOST_AFTER, LOST_BEFORE])
async def test_after_a_lost_answer_the_same_token_brings_certainty(shelf: Shelf, fault: Fault) -> None:
    await shelf.table.put(shelf.row(1))
    shelf.faults.inject("TransactWriteItems", fault)
    token = secrets.token_hex(16)

    with pytest.raises(OutcomeUnknown):
        await shelf.db.transact(increment(shelf), request_token=token)
    await shelf.db.transact(increment(shelf), request_token=token)

    row = await shelf.table.get(shelf.name, 1)
    assert row is not None
    assert row.pages == 1


async def test_a_conflict_reaches_the_caller_and_nothing_was_written(shelf: Shelf) -> None:
    shelf.faults.inject("TransactWriteItems", CONFLICT)

    with pytest.raises(TransactionConflict):
        await shelf.db.transact([shelf.table.putting(shelf.row(1))])

    assert await shelf.table.get(shelf.name, 1) is None


async def test_throttling_is_waited_out(shelf: Shelf) -> None:
    shelf.faults.inject("PutItem", THROTTLED, times=2)

    await shelf.table.put(shelf.row(1))

    assert shelf.faults.happened == [("PutItem", THROTTLED)] * 2
    assert await shelf.table.get(shelf.name, 1) == shelf.row(1)


async def test_throttling_that_goes_on_reaches_the_caller(shelf: Shelf) -> None:
    shelf.faults.inject("PutItem", THROTTLED, times=100)

    with pytest.raises(Throttled):
        await shelf.table.put(shelf.row(1))


async def test_a_fault_strikes_the_call_that_it_was_meant_for(shelf: Shelf) -> None:
    meant = {"number": {"N": "2"}}
    shelf.faults.inject("*", LOST_BEFORE, matches=lambda request: meant.items() <= request["Item"].items())
    shelf.faults.inject("PutItem", LOST_BEFORE, skip=1, matches=lambda request: "title" in request["Item"])

    await shelf.table.put(shelf.row(1))
    with pytest.raises(OutcomeUnknown):
        await shelf.table.put(shelf.row(2))
    with pytest.raises(OutcomeUnknown):
        await shelf.table.put(shelf.row(3))


async def test_of_many_who_claim_a_row_one_wins(shelf: Shelf) -> None:
    async def claim(title: str) -> bool:
        try:
            await shelf.table.put(shelf.row(1, title=title), condition=not_exists("shelf"))
        except ConditionFailed:
            return False
        return True

    claims = [await claim(title) for title in "abc"]

    assert claims == [True, False, False]
