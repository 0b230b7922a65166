"""Everything that a drive consists of, from DynamoDB."""

import json
from dataclasses import dataclass

from chassis.dynamodb import Index, Key, Table
from file_metadata_service.adapters.dynamodb.node_rows import version_of
from file_metadata_service.adapters.dynamodb.rows import FileRow, FolderRow
from file_metadata_service.adapters.dynamodb.tables import Tables
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.nodes import Version
from file_metadata_service.ports import ledger
from file_metadata_service.ports.ledger import Shelf
from file_metadata_service.ports.listings import Page

BY_DRIVE = Index("userid", "userid")
ROWS = 100


@dataclass(frozen=True, slots=True)
class DynamoCensus:
    tables: Tables

    async def drives(self, *, start: str | None) -> Page[DriveId]:
        page = await self.tables.drives.scan(limit=ROWS, start=_load(start))
        return Page(tuple(DriveId(row.driveid) for row in page.items), _dump(page.next_start))

    async def folders(self, drive_id: DriveId, *, start: str | None) -> Page[NodeId]:
        return await _ids(self.tables.folders, drive_id, start)

    async def files(self, drive_id: DriveId, *, start: str | None) -> Page[NodeId]:
        return await _ids(self.tables.files, drive_id, start)

    async def entries(self, folder_id: NodeId, *, start: str | None) -> Page[ledger.Key]:
        page = await self.tables.entries.query(folder_id, limit=ROWS, start=_load(start))
        places = (ledger.Key(Shelf.ENTRY, folder_id, row.entry_key) for row in page.items)
        return Page(tuple(places), _dump(page.next_start))

    async def trash(self, drive_id: DriveId, *, start: str | None) -> Page[ledger.Key]:
        page = await self.tables.trash.query(drive_id, limit=ROWS, start=_load(start))
        places = (ledger.Key(Shelf.TRASH, drive_id, row.trash_key) for row in page.items)
        return Page(tuple(places), _dump(page.next_start))

    async def past_versions(self, drive_id: DriveId, *, start: str | None) -> Page[ledger.Key]:
        """By an index of keys only, as `_ids`."""
        page = await self.tables.versions.query(drive_id, index=BY_DRIVE, limit=ROWS, start=_load(start))
        places = (ledger.version_key(NodeId(row.fileid), row.number) for row in page.items)
        return Page(tuple(places), _dump(page.next_start))

    async def versions(self, file_id: NodeId) -> tuple[Version, ...]:
        return tuple([version_of(row).version async for row in self.tables.versions.query_all(file_id)])


async def _ids(
    table: Table[FolderRow] | Table[FileRow], drive_id: DriveId, start: str | None
) -> Page[NodeId]:
    """The index holds keys only: of these rows nothing but the id is there."""
    page = await table.query(drive_id, index=BY_DRIVE, limit=ROWS, start=_load(start))
    return Page(tuple(NodeId(row.id) for row in page.items), _dump(page.next_start))


def _load(start: str | None) -> Key | None:
    return None if start is None else json.loads(start)


def _dump(next_start: Key | None) -> str | None:
    return json.dumps(next_start, ensure_ascii=False) if next_start else None
