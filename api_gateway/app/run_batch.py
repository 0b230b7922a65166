"""Do many things, each by itself: what one is refused for spoils no other."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from api_gateway.domain.batches import Operation, Outcome
from api_gateway.domain.identity import Caller
from api_gateway.ports.batches import MAX_AT_ONCE, Batches
from chassis.errors import DomainError, Kind

# The service answers a hundred in a few transactions; more calls at once would only wait there.
CALLS_AT_ONCE = 4
# Without which nothing at all can be answered.
_OF_THE_WHOLE = (Kind.UNAUTHENTICATED, Kind.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class RunBatch:
    batches: Batches

    async def __call__(
        self, caller: Caller, operations: Sequence[Operation], *, command_id: str
    ) -> tuple[Outcome, ...]:
        """One outcome for each, in order. Item i is repeatable as `<command_id>#<i>`: a batch that is sent again
        answers what was done the first time. Raises only what no item could have been answered without.
        """
        commands = [(f"{command_id}#{index}", operation) for index, operation in enumerate(operations)]
        turns = asyncio.Semaphore(CALLS_AT_ONCE)

        async def call(first: int) -> tuple[Outcome, ...]:
            some = commands[first : first + MAX_AT_ONCE]
            async with turns:
                try:
                    return await self.batches.run(caller, some)
                except DomainError as refusal:
                    return (refusal,) * len(some)

        answers = await asyncio.gather(*map(call, range(0, len(commands), MAX_AT_ONCE)))
        outcomes = tuple(outcome for answer in answers for outcome in answer)
        for outcome in outcomes:
            if isinstance(outcome, DomainError) and outcome.kind in _OF_THE_WHOLE:
                raise outcome
        return outcomes
