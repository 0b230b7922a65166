"""Many changes at once, as the metadata service takes them."""

from collections.abc import Sequence
from typing import Protocol

from api_gateway.domain.batches import Done, Operation, Outcome
from api_gateway.domain.identity import Caller

MAX_AT_ONCE = 100


class Batches(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered, and that repeating
    it with the same command ids is safe."""

    async def run(self, caller: Caller, commands: Sequence[tuple[str, Operation]]) -> tuple[Outcome, ...]:
        """At most 100, each with its command id; one outcome for each, in order."""
        ...

    async def run_together(
        self, caller: Caller, steps: Sequence[Operation], *, command_id: str
    ) -> tuple[Done, ...]:
        """All or nothing. Raises StepRefused for a step that may not be."""
        ...
