"""The ledger on DynamoDB: one BatchGetItem per read, one TransactWriteItems per writing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from chassis import dynamodb
from chassis.dynamodb import Action, DynamoDB, equals, not_exists
from chassis.dynamodb.errors import CONDITIONAL_CHECK_FAILED
from file_metadata_service.adapters.dynamodb.json_form import dump_changes
from file_metadata_service.adapters.dynamodb.mapping import own
from file_metadata_service.adapters.dynamodb.rows import JournalRow
from file_metadata_service.adapters.dynamodb.shelves import Shelves
from file_metadata_service.adapters.dynamodb.tables import Tables
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.ports.ledger import (
    HeadMoved,
    Key,
    NotWritten,
    OutcomeUnknown,
    Rows,
    RowsRefused,
    Send,
    Writing,
)

# The drive and its journal row stand before the items of a transaction.
HEAD_ACTIONS = 2
# Of a drive, and called alike in its row.
MOVED = (
    "seq",
    "journal_floor",
    "tree_epoch",
    "bytes_used",
    "file_count",
    "versions_bytes",
    "trash_bytes",
    "trash_uncounted",
)


@dataclass(frozen=True, slots=True)
class DynamoLedger:
    """Reads are retried below; a write is sent once, and what became of it is told as it is."""

    db: DynamoDB
    tables: Tables

    async def read(self, drive_id: DriveId, keys: Iterable[Key]) -> Rows:
        wanted = list(keys)
        shelves = Shelves(self.tables)
        rows = await self.db.batch_get([shelves.place(drive_id, key).getting() for key in wanted])
        return {key: own(drive_id, row) for key, row in zip(wanted, rows, strict=True)}

    async def write(self, writing: Writing) -> None:
        await self.ready(writing)()

    def ready(self, writing: Writing) -> Send:
        drive_id, shelves = writing.before.id, Shelves(self.tables)
        actions = [self._head(writing), self._journal(writing)]
        actions += (shelves.action(drive_id, item) for item in writing.items)
        actions += (shelves.taking(drive_id, taking) for taking in writing.takings)
        return partial(self._send, actions, writing)

    async def _send(self, actions: Sequence[Action], writing: Writing) -> None:
        try:
            await self.db.transact(actions, request_token=writing.token)
        except dynamodb.TransactionCancelled as error:
            raise _refusal(error, writing) from error
        except dynamodb.OutcomeUnknown as error:
            raise OutcomeUnknown from error
        except (dynamodb.TransactionConflict, dynamodb.Throttled) as error:
            raise NotWritten from error

    async def token_at(self, drive_id: DriveId, seq: int) -> str | None:
        row = await self.tables.journal.get(drive_id, seq)
        return row.token if row else None

    def _head(self, writing: Writing) -> Action:
        """An administrator changes the quota without moving the head: what was judged by another one is judged anew."""
        before, after = writing.before, writing.after
        condition = equals("seq", before.seq) & equals("journal_id", before.journal_id)
        condition &= equals("quota_bytes", before.quota_bytes)
        # What does not change is not this writing's to set; the floor of the journal is raised without moving the head.
        changed = {name: new for name in MOVED if (new := getattr(after, name)) != getattr(before, name)}
        return self.tables.drives.updating(before.id, set=changed, condition=condition)

    def _journal(self, writing: Writing) -> Action:
        row = JournalRow(
            writing.after.id, writing.after.seq, writing.token, writing.at_ms, dump_changes(writing.changes)
        )
        return self.tables.journal.putting(row, not_exists("driveid"))


def _refusal(error: dynamodb.TransactionCancelled, writing: Writing) -> Exception:
    failed = [reason.code == CONDITIONAL_CHECK_FAILED for reason in error.reasons]
    if any(failed[:HEAD_ACTIONS]):
        return HeadMoved()
    if any(failed):
        acted_on = [each.key for each in writing.items] + [each.key for each in writing.takings]
        keys = (key for key, refused in zip(acted_on, failed[HEAD_ACTIONS:], strict=True) if refused)
        return RowsRefused(frozenset(keys))
    transient = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
    return NotWritten() if {reason.code for reason in error.reasons} <= transient else error
