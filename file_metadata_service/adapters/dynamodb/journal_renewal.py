"""After a restore from a backup: every drive's journal is another history from now on."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chassis.dynamodb import ConditionFailed, Table, equals
from file_metadata_service.adapters.dynamodb.rows import DriveRow

ROWS = 100


@dataclass(frozen=True, slots=True)
class DynamoJournalRenewal:
    """Who followed a drive before knows changes that the backup does not have, and later ones will bear the same
    numbers. Under a new id every place in the old journal answers `cursor_reset`, as it must.
    """

    drives: Table[DriveRow]
    tokens: Callable[[], str]

    async def __call__(self) -> int:
        """Renews all, and returns how many. Harmless to repeat, also half-way; while no service writes."""
        count, start = 0, None
        while True:
            page = await self.drives.scan(limit=ROWS, start=start)
            for row in page.items:
                await self._renew(row)
            count, start = count + len(page.items), page.next_start
            if start is None:
                return count

    async def _renew(self, row: DriveRow) -> None:
        """One that somebody else has renewed meanwhile is another history already."""
        with suppress(ConditionFailed):
            await self.drives.update(
                row.driveid,
                set={"journal_id": self.tokens()},
                condition=equals("journal_id", row.journal_id),
            )
