"""Sending a write again until its outcome is known.

Every write of this service is conditional and recognises itself: sent twice, the second time either changes nothing
or fails on a row that the first one wrote. So a lost answer is resolved by sending the same again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from chassis.dynamodb import Action, DynamoDB, OutcomeUnknown, TransactionConflict

AnswerT = TypeVar("AnswerT")

_SENDS = 3
_CONFLICTS = 8
_PAUSE_SECONDS = 0.02


async def until_known(write: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """Sends a single write. Raises OutcomeUnknown or TransactionConflict if that goes on."""

    async def past_lost_answers() -> AnswerT:
        for _ in range(_SENDS - 1):
            try:
                return await write()
            except OutcomeUnknown:
                await _pause(0)
        return await write()

    return await _past_conflicts(lambda _: past_lost_answers())


async def transact_until_known(db: DynamoDB, actions: Sequence[Action], *, token: str) -> None:
    """Sends a transaction; `token` is unique to it and has at most 32 characters. Raises as DynamoDB.transact."""

    async def past_lost_answers(attempt: int) -> None:
        # The same token for the same attempt: DynamoDB applies it once. A new one after a conflict.
        request_token = f"{token}-{attempt}"
        for _ in range(_SENDS - 1):
            try:
                return await db.transact(actions, request_token=request_token)
            except OutcomeUnknown:
                await _pause(0)
        return await db.transact(actions, request_token=request_token)

    await _past_conflicts(past_lost_answers)


async def _past_conflicts(write: Callable[[int], Awaitable[AnswerT]]) -> AnswerT:
    """An account's row meets the check of each sign-in's transaction, so conflicts are ordinary."""
    for attempt in range(_CONFLICTS - 1):
        try:
            return await write(attempt)
        except TransactionConflict:
            await _pause(attempt)
    return await write(_CONFLICTS - 1)


async def _pause(attempt: int) -> None:
    # Full jitter: callers that collided once do not collide again.
    await asyncio.sleep(random.uniform(0, _PAUSE_SECONDS * 2**attempt))  # noqa: S311  # no secret
