"""Rows with a judgement of what is derived from them: many at once, or a few as of one moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from chassis.dynamodb import DynamoDB
from file_metadata_service.adapters.dynamodb.mapping import own, stored
from file_metadata_service.adapters.dynamodb.record_rows import drive_of
from file_metadata_service.adapters.dynamodb.rows import StoredRow
from file_metadata_service.adapters.dynamodb.shelves import Shelves
from file_metadata_service.adapters.dynamodb.tables import Tables
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.ports.ledger import Key, Row
from file_metadata_service.ports.sights import Sight

# What indexes sort by; the rest of a row is what the domain says.
DERIVED = frozenset(
    {"folderid", "updated_key", "size_key", "due_shard", "due_at", "content_key", "zero_shard"}
)


@dataclass(frozen=True, slots=True)
class DynamoSights:
    db: DynamoDB
    tables: Tables

    async def glance(self, head: Drive, keys: Iterable[Key]) -> Sight:
        wanted = list(keys)
        shelves = Shelves(self.tables)
        rows = await self.db.batch_get([shelves.place(head.id, key).getting() for key in wanted])
        return _sight(head, wanted, rows)

    async def look(self, drive_id: DriveId, keys: frozenset[Key]) -> Sight:
        """One TransactGetItems: it is refused, and asked again, while somebody writes one of the rows."""
        wanted = sorted(keys)
        shelves = Shelves(self.tables)
        gets = [self.tables.drives.getting(drive_id)]
        gets += [shelves.place(drive_id, key).getting() for key in wanted]
        head, *rows = await self.db.transact_get(gets)
        return _sight(drive_of(head), wanted, rows)


def _sight(head: Drive, keys: Sequence[Key], rows: Sequence[StoredRow | None]) -> Sight:
    known: dict[Key, Row | None] = {}
    misfiled = set[Key]()
    for key, row in zip(keys, rows, strict=True):
        known[key] = told = own(head.id, row)
        if row is not None and told is not None and _derived(row) != _derived(stored(head.id, key, told)):
            misfiled.add(key)
    return Sight(head, known, frozenset(misfiled))


def _derived(row: StoredRow) -> list[Any]:
    return [getattr(row, field.name) for field in fields(row) if field.name in DERIVED]
