"""Faults between a service and DynamoDB: wrap the transport, say what shall go wrong, and at which call.

    faults = Faults()
    async with open_dynamodb(endpoint=…, region=…, wrap=faults.wrap) as db:
        faults.inject("TransactWriteItems", LOST_AFTER)          # the next one: applied, but its answer is lost
        faults.inject("PutItem", THROTTLED, skip=2)              # the third one from now

What was injected first strikes first; `matches` picks calls by their request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from chassis.dynamodb.errors import OutcomeUnknown, Throttled, TransactionConflict
from chassis.dynamodb.transport import Transport


class Fault(Enum):
    LOST_AFTER = "applied, and the answer is lost"
    LOST_BEFORE = "never arrives, and nobody knows"
    CONFLICT = "refused: TransactionConflict"
    THROTTLED = "refused: throttled"


LOST_AFTER, LOST_BEFORE, CONFLICT, THROTTLED = Fault


@dataclass
class Planned:
    operation: str
    fault: Fault
    skip: int
    times: int
    matches: Callable[[dict[str, Any]], bool]


class Faults:
    """What will go wrong, in order of injection; `happened` tells what did."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []
        self.happened: list[tuple[str, Fault]] = []

    def inject(
        self,
        operation: str,
        fault: Fault,
        *,
        skip: int = 0,
        times: int = 1,
        matches: Callable[[dict[str, Any]], bool] = lambda request: True,
    ) -> None:
        """At the (skip+1)-th call of `operation` ("*": any) whose request matches, and `times - 1` more."""
        self._planned.append(Planned(operation, fault, skip, times, matches))

    def clear(self) -> None:
        """What was injected and has not happened will not."""
        self._planned.clear()

    def wrap(self, inner: Transport) -> Transport:
        return _FaultyTransport(inner, self)

    def take(self, operation: str, request: dict[str, Any]) -> Fault | None:
        for planned in self._planned:
            if planned.operation not in ("*", operation) or not planned.matches(request):
                continue
            if planned.skip:
                planned.skip -= 1
                continue
            planned.times -= 1
            if planned.times == 0:
                self._planned.remove(planned)
            self.happened.append((operation, planned.fault))
            return planned.fault
        return None


class _FaultyTransport:
    def __init__(self, inner: Transport, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        match self._faults.take(operation, request):
            case Fault.CONFLICT:
                raise TransactionConflict
            case Fault.THROTTLED:
                raise Throttled
            case Fault.LOST_BEFORE:
                raise OutcomeUnknown
            case Fault.LOST_AFTER:
                await self._inner.call(operation, request)
                raise OutcomeUnknown
            case None:
                return await self._inner.call(operation, request)
