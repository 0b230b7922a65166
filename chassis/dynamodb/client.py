"""The connection to DynamoDB: retries of what is safe, transactions, reads of many rows, and a count of calls."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from chassis.dynamodb.capacity import READS
from chassis.dynamodb.errors import (
    NotSent,
    OutcomeUnknown,
    Reason,
    Throttled,
    TransactionCancelled,
    TransactionConflict,
)
from chassis.dynamodb.metrics import measured
from chassis.dynamodb.transport import Transport, open_transport
from chassis.dynamodb.values import RowCodec, Wire

# DynamoDB's own limits.
MAX_TRANSACTION_ACTIONS = 100
MAX_BATCH_GET_KEYS = 100

_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.02
_SAFE_FOR_READS = (OutcomeUnknown, Throttled, TransactionConflict)
# A write whose answer was lost is never sent again here: only its caller knows how to find out what happened.
_SAFE_FOR_WRITES = (NotSent, Throttled)

_calls: ContextVar[Counter[str] | None] = ContextVar("dynamodb_calls", default=None)


@dataclass(frozen=True, slots=True)
class Action:
    """One write of a transaction: "Put", "Update", "Delete" or "ConditionCheck", and its request."""

    verb: str
    request: Wire
    codec: RowCodec[Any]


@dataclass(frozen=True, slots=True)
class Get:
    """One consistent read among many."""

    table: str
    key: Wire
    codec: RowCodec[Any]


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Counts the requests, retries included, that this context sends, by operation."""
    counter: Counter[str] = Counter()
    token = _calls.set(counter)
    try:
        yield counter
    finally:
        _calls.reset(token)


class DynamoDB:
    """Shared by every table of a process. `calls` counts its requests, by operation, since it was opened."""

    def __init__(
        self,
        transport: Transport,
        *,
        deadline_seconds: float = 5,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._deadline_seconds = deadline_seconds
        self._pause = pause
        self.calls: Counter[str] = Counter()

    async def call(self, operation: str, request: Wire) -> Wire:
        """Sends one request; repeats it only where that is safe, within the deadline. Raises DynamoError."""
        reads = operation in READS
        safe = _SAFE_FOR_READS if reads else _SAFE_FOR_WRITES
        deadline = time.monotonic() + self._deadline_seconds
        # A read that hangs has time for a second attempt; a write has not, as it would not be repeated.
        longest = self._deadline_seconds / 2 if reads else self._deadline_seconds
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._send(operation, request, min(longest, deadline - time.monotonic()))
            except safe:
                pause = backoff_seconds(attempt)
                if attempt == _ATTEMPTS or time.monotonic() + pause >= deadline:
                    raise
                await self._pause(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _send(self, operation: str, request: Wire, seconds: float) -> Wire:
        self.calls[operation] += 1
        if (counter := _calls.get()) is not None:
            counter[operation] += 1
        with measured(operation, request):
            try:
                async with asyncio.timeout(seconds):
                    return await self._transport.call(operation, request)
            except TimeoutError as error:
                raise OutcomeUnknown from error

    async def transact(self, actions: Sequence[Action], *, request_token: str | None = None) -> None:
        """Writes all of at most 100 actions, or none.

        With a `request_token` (≤ 36 characters) an identical request within 10 minutes is applied once, so after
        OutcomeUnknown the caller may send it again. Raises TransactionCancelled with existing rows decoded.
        """
        request: Wire = {"TransactItems": [{action.verb: action.request} for action in actions]}
        if request_token is not None:
            request["ClientRequestToken"] = request_token
        try:
            await self.call("TransactWriteItems", request)
        except TransactionCancelled as error:
            raise TransactionCancelled(
                tuple(
                    Reason(reason.code, action.codec.decode(reason.existing) if reason.existing else None)
                    for reason, action in zip(error.reasons, actions, strict=True)
                )
            ) from error

    async def transact_get(self, gets: Sequence[Get]) -> list[Any]:
        """At most 100 rows as of one moment, in order, None where there is none."""
        items = [{"Get": {"TableName": get.table, "Key": get.key}} for get in gets]
        answer = await self.call("TransactGetItems", {"TransactItems": items})
        return [
            get.codec.decode(response["Item"]) if response.get("Item") else None
            for get, response in zip(gets, answer["Responses"], strict=True)
        ]

    async def batch_get(self, gets: Sequence[Get]) -> list[Any]:
        """Any number of rows, each read consistently but not as of one moment; in order, None where there is none."""
        found: dict[tuple[Any, ...], Wire] = {}
        keys = list({_identity(get.table, get.key): get for get in gets}.values())
        for first in range(0, len(keys), MAX_BATCH_GET_KEYS):
            await self._batch_get(keys[first : first + MAX_BATCH_GET_KEYS], found)
        return [
            get.codec.decode(item) if (item := found.get(_identity(get.table, get.key))) is not None else None
            for get in gets
        ]

    async def _batch_get(self, gets: Sequence[Get], found: dict[tuple[Any, ...], Wire]) -> None:
        key_names = {get.table: tuple(get.key) for get in gets}
        pending: Wire = {}
        for get in gets:
            pending.setdefault(get.table, {"Keys": [], "ConsistentRead": True})["Keys"].append(get.key)
        fruitless = 0
        while pending:
            answer = await self.call("BatchGetItem", {"RequestItems": pending})
            for table, items in answer["Responses"].items():
                for item in items:
                    found[_identity(table, {name: item[name] for name in key_names[table]})] = item
            pending = answer.get("UnprocessedKeys") or {}
            # An answer of 16 MB leaves keys for the next; one without any item is how this operation throttles.
            fruitless = 0 if any(answer["Responses"].values()) else fruitless + 1
            if pending and fruitless:
                if fruitless == _ATTEMPTS:
                    raise Throttled
                await self._pause(backoff_seconds(fruitless))


def _identity(table: str, key: Wire) -> tuple[Any, ...]:
    """The attributes of a key stand in the order of its table, which gives them their types, too."""
    return (table, *[each for value in key.values() for each in value.values()])


def backoff_seconds(attempt: int) -> float:
    """Full jitter: callers that collided once do not collide again."""
    return random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt)  # noqa: S311  # no secret


@asynccontextmanager
async def open_dynamodb(
    *,
    endpoint: str | None,
    region: str,
    max_connections: int = 64,
    deadline_seconds: float = 5,
    wrap: Callable[[Transport], Transport] = lambda transport: transport,
) -> AsyncIterator[DynamoDB]:
    """One client for the process; nothing remote is asked yet. `endpoint` None means AWS.

    `deadline_seconds` holds for a call with all its attempts; `wrap` lets tests stand between.
    """
    async with open_transport(endpoint=endpoint, region=region, max_connections=max_connections) as transport:
        yield DynamoDB(wrap(transport), deadline_seconds=deadline_seconds)
