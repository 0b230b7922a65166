"""Deliver a writing: send it, the same each time, until it is known what became of it."""

from dataclasses import dataclass
from itertools import count

from chassis.errors import Unavailable
from file_metadata_service.ports.clock import Clock, Pause
from file_metadata_service.ports.ledger import HeadMoved, Ledger, NotWritten, OutcomeUnknown, Send, Writing


@dataclass(frozen=True, slots=True)
class Deliver:
    ledger: Ledger
    clock: Clock
    pause: Pause

    async def __call__(self, send: Send, writing: Writing, give_up_at: float) -> bool:
        """False: an earlier try had landed whose answer was lost, and others may have moved the head since.

        `give_up_at`: monotonic seconds. Raises HeadMoved, RowsRefused, NotWritten: nothing was written;
        OutcomeUnknown: nobody knows.
        """
        unknown = False
        for attempt in count():
            try:
                await send()
            except HeadMoved:
                if not await self._was_ours(writing):
                    raise
                return False
            except NotWritten:
                # Of this try. An earlier one whose answer was lost may still be on its way.
                if not unknown:
                    raise
            except OutcomeUnknown:
                unknown = True
            else:
                return True
            if self.clock.monotonic_seconds() > give_up_at:
                raise OutcomeUnknown
            await self.pause(attempt)
        raise AssertionError

    async def _was_ours(self, writing: Writing) -> bool:
        """The head has moved: perhaps by an earlier try of this very writing, whose answer was lost."""
        try:
            token = await self.ledger.token_at(writing.after.id, writing.after.seq)
        except Unavailable as error:
            raise OutcomeUnknown from error
        return token == writing.token
