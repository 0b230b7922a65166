"""Sending a write until it is known what became of it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chassis.dynamodb import OutcomeUnknown, TransactionConflict

T = TypeVar("T")
CONFLICTS = 8
LOST_ANSWERS = 2
FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.5


async def until_known(send: Callable[[bool], Awaitable[T]]) -> T:
    """Calls `send(maybe_written)`, which must be safe to repeat, until it answers or refuses.

    `maybe_written` says that an earlier try may have been applied: what then stands in the way may be our own.
    Raises TransactionConflict or OutcomeUnknown after several tries.
    """
    conflicts = lost = 0
    while True:
        try:
            return await send(lost > 0)
        except TransactionConflict:
            conflicts += 1
            if conflicts > CONFLICTS:
                raise
        except OutcomeUnknown:
            lost += 1
            if lost > LOST_ANSWERS:
                raise
        pause_seconds = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (conflicts + lost))
        # Full jitter: those who collided once should not collide again.
        await asyncio.sleep(random.uniform(0, pause_seconds))  # noqa: S311  # no secret
