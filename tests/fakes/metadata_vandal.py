"""Somebody who changes rows behind the service's back, in memory or in DynamoDB."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from chassis.dynamodb import exists
from file_metadata_service.adapters.dynamodb.mapping import stored
from file_metadata_service.adapters.dynamodb.shelves import Shelves
from file_metadata_service.adapters.dynamodb.tables import Tables
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.ports.ledger import Key, Row
from tests.fakes.metadata_store import InMemoryMetadata


class Vandal(Protocol):
    """Of one drive."""

    async def put(self, key: Key, row: Row) -> None: ...

    async def drop(self, key: Key) -> None: ...

    async def misfile(self, key: Key) -> None:
        """Spoils what an index sorts this row by."""
        ...

    async def head(self, **fields: Any) -> None:
        """Overwrites parts of the head."""
        ...

    async def drop_journal(self, seq: int) -> None: ...


@dataclass(slots=True)
class VandalInMemory:
    store: InMemoryMetadata
    drive_id: DriveId

    async def put(self, key: Key, row: Row) -> None:
        self.store.rows[key] = row

    async def drop(self, key: Key) -> None:
        del self.store.rows[key]

    async def misfile(self, key: Key) -> None:
        assert key in self.store.rows
        self.store.misfiled.add(key)

    async def head(self, **fields: Any) -> None:
        self.store.heads[self.drive_id] = replace(self.store.heads[self.drive_id], **fields)

    async def drop_journal(self, seq: int) -> None:
        del self.store.journal[self.drive_id, seq]


@dataclass(slots=True)
class VandalInDynamoDB:
    tables: Tables
    drive_id: DriveId

    async def put(self, key: Key, row: Row) -> None:
        place = Shelves(self.tables).place(self.drive_id, key)
        await place.table.put(stored(self.drive_id, key, row))

    async def drop(self, key: Key) -> None:
        place = Shelves(self.tables).place(self.drive_id, key)
        await place.table.delete(place.partition, place.sort, condition=exists(place.partition_name))

    async def misfile(self, key: Key) -> None:
        place = Shelves(self.tables).place(self.drive_id, key)
        derived = {
            "FILE": {"folderid": "x"},
            "ENTRY": {"updated_key": "x", "size_key": "x"},
            "TRASH": {"due_at": 1},
            "BLOB": {"content_key": "x"},
        }[key.shelf.name]
        await place.table.update(
            place.partition, place.sort, set=derived, condition=exists(place.partition_name)
        )

    async def head(self, **fields: Any) -> None:
        row = await self.tables.drives.get(self.drive_id)
        assert row is not None
        await self.tables.drives.put(replace(row, **fields))

    async def drop_journal(self, seq: int) -> None:
        await self.tables.journal.delete(self.drive_id, seq)
