"""What may go wrong on a line, and when."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    RESET = "the connection is reset before the request goes on"
    LOST_ANSWER = "carried out, and the answer is lost"
    BUSY = "503, as a store says SlowDown"
    CUT_REQUEST = "half of the request's body arrives"
    CUT_ANSWER = "half of the answer arrives"
    STALL = "nothing for a while, then a reset"
    SLOW = "drop by drop"
    HALF_CLOSED = "one direction is closed, the other is not"


class When(StrEnum):
    """Of a death, seen from one request."""

    BEFORE = "before it goes on"
    DURING = "while it is answered"
    AFTER = "when it was answered, before anybody hears"


@dataclass(frozen=True, slots=True)
class Request:
    """`operation`: DynamoDB's, else empty. `body`: of JSON only."""

    method: str
    path: str
    operation: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Trap:
    """Strikes once, at the (skip+1)-th request that matches. `delay_seconds`: of a death that is DURING."""

    matches: Callable[[Request], bool]
    when: When
    strike: Callable[[], Awaitable[None]]
    skip: int = 0
    delay_seconds: float = 0.0


@dataclass(slots=True)
class Weather:
    """Of one line: how many of its requests go wrong, and how. `happened` counts what did."""

    chance: random.Random = field(default_factory=random.Random)
    odds: float = 0.0
    kinds: tuple[Fault, ...] = tuple(Fault)
    stall_seconds: float = 1.0
    happened: dict[Fault, int] = field(default_factory=dict)
    trap: Trap | None = None
    _seen: int = 0

    def calm(self) -> None:
        self.odds, self.trap = 0.0, None

    def set_trap(self, trap: Trap) -> None:
        self.trap, self._seen = trap, 0

    def fault(self) -> Fault | None:
        """What goes wrong with the next request."""
        if not self.odds or self.chance.random() >= self.odds:
            return None
        fault = self.chance.choice(self.kinds)
        self.happened[fault] = self.happened.get(fault, 0) + 1
        return fault

    def sprung(self, request: Request) -> Trap | None:
        """The trap, if this request springs it."""
        trap = self.trap
        if trap is None or not trap.matches(request):
            return None
        self._seen += 1
        if self._seen <= trap.skip:
            return None
        self.trap = None
        return trap
