"""The journal on DynamoDB."""

from dataclasses import dataclass

from chassis.dynamodb import Table
from file_metadata_service.adapters.dynamodb.json_form import load_changes
from file_metadata_service.adapters.dynamodb.rows import JournalRow
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class DynamoJournalReader:
    """A query ends at 1 MB, and a row has at most 300 KB: a page is never empty with more to come."""

    table: Table[JournalRow]

    async def page(self, drive_id: DriveId, after_seq: int, limit: int) -> tuple[JournalEntry, ...]:
        page = await self.table.query(drive_id, after=after_seq, limit=limit)
        return tuple(JournalEntry(row.seq, row.at, load_changes(row.changes)) for row in page.items)
