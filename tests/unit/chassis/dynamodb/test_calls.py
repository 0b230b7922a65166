"""What is repeated, what never is, and how calls are counted."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from chassis.dynamodb import (
    ConditionFailed,
    DynamoDB,
    NotSent,
    OutcomeUnknown,
    Reason,
    Refused,
    Table,
    Throttled,
    TransactionCancelled,
    TransactionConflict,
    Transient,
    counting,
    not_exists,
)
from tests.fakes.dynamodb_transport import Answer, ScriptedTransport

READS = ["GetItem", "Query", "BatchGetItem", "TransactGetItems"]
WRITES = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"]
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Book:
    id: str
    pages: int = 0


class Waiting:
    """A pause that takes no time and remembers how long it should have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def opened(*answers: Answer) -> tuple[DynamoDB, ScriptedTransport, Waiting]:
    transport, waiting = ScriptedTransport(answers), Waiting()
    return DynamoDB(transport, pause=waiting), transport, waiting


def books(db: DynamoDB) -> Table[Book]:
    return Table(db, "books", Book, partition_key="id")


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("trouble", [OutcomeUnknown(), Throttled(), TransactionConflict(), NotSent()])
async def test_a_read_is_repeated_past_any_trouble_that_passes(operation: str, trouble: Transient) -> None:
    db, transport, waiting = opened(trouble, trouble, {"ok": True})

    assert await db.call(operation, {}) == {"ok": True}
    assert len(transport.requests) == 3
    assert len(waiting.seconds) == 2


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("trouble", [Throttled(), NotSent()])
async def test_a_write_is_repeated_if_it_was_surely_not_applied(operation: str, trouble: Transient) -> None:
    db, transport, _ = opened(trouble, {})

    await db.call(operation, {"the": "same"})

    assert transport.requests == [(operation, {"the": "same"})] * 2


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("trouble", [OutcomeUnknown(), TransactionConflict()])
async def test_a_write_is_never_repeated_if_its_caller_must_decide(
    operation: str, trouble: Transient
) -> None:
    db, transport, _ = opened(trouble, {})

    with pytest.raises(type(trouble)):
        await db.call(operation, {})

    assert len(transport.requests) == 1


async def test_trouble_that_goes_on_ends_after_some_attempts() -> None:
    db, transport, _ = opened(Throttled())

    with pytest.raises(Throttled):
        await db.call("GetItem", {})

    assert len(transport.requests) == ATTEMPTS


@pytest.mark.parametrize("refusal", [ConditionFailed(), Refused("ValidationException", "")])
async def test_a_refusal_is_not_repeated(refusal: Exception) -> None:
    db, transport, _ = opened(refusal)

    with pytest.raises(type(refusal)):
        await db.call("PutItem", {})

    assert len(transport.requests) == 1


class Silence:
    """Takes requests and never answers."""

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.parametrize(("operation", "attempts"), [("PutItem", 1), ("GetItem", 2)])
async def test_silence_ends_at_the_deadline_and_leaves_time_for_a_second_read(
    operation: str, attempts: int
) -> None:
    db = DynamoDB(Silence(), deadline_seconds=0.2, pause=Waiting())

    with pytest.raises(OutcomeUnknown):
        async with asyncio.timeout(1):
            await db.call(operation, {})

    assert db.calls[operation] == attempts


async def test_a_retry_that_would_begin_behind_the_deadline_is_not_waited_for() -> None:
    waiting = Waiting()
    db = DynamoDB(ScriptedTransport([Throttled()]), deadline_seconds=0, pause=waiting)

    with pytest.raises(Transient):
        await db.call("GetItem", {})

    assert waiting.seconds == []


async def test_calls_are_counted_with_their_repeats_in_the_context_that_asks() -> None:
    db, _, _ = opened(Throttled(), {}, {})
    await db.call("Query", {})

    with counting() as calls:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(db.call("GetItem", {}))
    await db.call("GetItem", {})

    assert calls == {"GetItem": 1}
    assert db.calls == {"Query": 2, "GetItem": 2}


async def test_a_cancelled_transaction_brings_rows_in_the_order_of_its_actions() -> None:
    item = {"id": {"S": "b"}, "pages": {"N": "7"}}
    db, _, _ = opened(TransactionCancelled((Reason("None"), Reason("ConditionalCheckFailed", item))))
    table = books(db)

    with pytest.raises(TransactionCancelled) as caught:
        await db.transact([table.putting(Book("a")), table.putting(Book("b"), not_exists("id"))])

    assert caught.value.reasons == (Reason("None"), Reason("ConditionalCheckFailed", Book("b", 7)))


async def test_a_request_token_is_sent_with_the_transaction() -> None:
    db, transport, _ = opened({})

    await db.transact([books(db).putting(Book("a"))], request_token="t1")

    assert transport.requests[0][1]["ClientRequestToken"] == "t1"


def found(*ids: str, left: tuple[str, ...] = ()) -> dict[str, Any]:
    keys = [{"id": {"S": each}} for each in left]
    return {
        "Responses": {"books": [{"id": {"S": each}} for each in ids]},
        "UnprocessedKeys": {"books": {"Keys": keys, "ConsistentRead": True}} if keys else {},
    }


async def test_a_batch_asks_again_for_what_was_left_and_answers_in_order() -> None:
    db, transport, waiting = opened(found("c", left=("a",)), found("a"))
    table = books(db)

    rows = await db.batch_get([table.getting(each) for each in ("a", "b", "c", "a")])

    assert rows == [Book("a"), None, Book("c"), Book("a")]
    assert transport.requests[1][1]["RequestItems"]["books"]["Keys"] == [{"id": {"S": "a"}}]
    assert waiting.seconds == []


async def test_a_batch_that_gets_nowhere_pauses_and_ends_throttled() -> None:
    db, _, waiting = opened(found(left=("a",)))

    with pytest.raises(Throttled):
        await db.batch_get([books(db).getting("a")])

    assert len(waiting.seconds) == ATTEMPTS - 1


async def test_a_batch_of_more_than_a_hundred_keys_is_several_requests() -> None:
    db, transport, _ = opened(found())
    table = books(db)

    await db.batch_get([table.getting(str(number)) for number in range(250)])

    sizes = [len(request["RequestItems"]["books"]["Keys"]) for _, request in transport.requests]
    assert sizes == [100, 100, 50]
