"""The journal on DynamoDB: read in order, and kept short."""

from dataclasses import dataclass

from chassis.dynamodb import ConditionFailed, DynamoDB, Table, Throttled, at_least, equals
from file_metadata_service.adapters.dynamodb.json_form import load_changes
from file_metadata_service.adapters.dynamodb.rows import DriveRow, JournalRow
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.journal import JournalEntry

# BatchWriteItem takes no more.
MAX_BATCH = 25


@dataclass(frozen=True, slots=True)
class DynamoJournalReader:
    """A query ends at 1 MB, and a row has at most 300 KB: a page is never empty with more to come."""

    table: Table[JournalRow]

    async def page(self, drive_id: DriveId, after_seq: int, limit: int) -> tuple[JournalEntry, ...]:
        page = await self.table.query(drive_id, after=after_seq, limit=limit)
        return tuple(JournalEntry(row.seq, row.at, load_changes(row.changes)) for row in page.items)


@dataclass(frozen=True, slots=True)
class DynamoJournalUpkeep:
    db: DynamoDB
    drives: Table[DriveRow]
    journal: Table[JournalRow]

    async def raise_floor(self, drive: Drive, floor: int) -> bool:
        stands = equals("journal_id", drive.journal_id) & equals("journal_floor", drive.journal_floor)
        try:
            await self.drives.update(
                drive.id, set={"journal_floor": floor}, condition=stands & at_least("seq", floor)
            )
        except ConditionFailed:
            return False
        return True

    async def remove(self, drive_id: DriveId, through_seq: int, limit: int) -> int:
        """Seqs have no gaps and the oldest go first: where one stands is known without reading the rows."""
        if through_seq < 1:
            return 0
        oldest = await self.journal.query(drive_id, between=(1, through_seq), limit=1)
        if not oldest.items:
            return 0
        first = oldest.items[0].seq
        seqs = range(first, min(through_seq, first + limit - 1) + 1)
        for start in range(0, len(seqs), MAX_BATCH):
            await self._delete(drive_id, seqs[start : start + MAX_BATCH])
        return len(seqs)

    async def _delete(self, drive_id: DriveId, seqs: range) -> None:
        """Raises Throttled for what the engine leaves over: it is among the oldest the next time."""
        deletes = [{"DeleteRequest": {"Key": self.journal.key(drive_id, seq)}} for seq in seqs]
        answer = await self.db.call("BatchWriteItem", {"RequestItems": {self.journal.name: deletes}})
        if answer.get("UnprocessedItems"):
            raise Throttled
