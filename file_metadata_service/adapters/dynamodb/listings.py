"""Pages of folders and of the trash on DynamoDB."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from chassis.dynamodb import Index, Key, Table
from chassis.dynamodb import Page as TablePage
from file_metadata_service.adapters.dynamodb.json_form import load_trash_item
from file_metadata_service.adapters.dynamodb.node_rows import entry_of
from file_metadata_service.adapters.dynamodb.rows import EntryRow, TrashRow
from file_metadata_service.adapters.dynamodb.tables import BY_SIZE, BY_UPDATED
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.names import JOINT, NodeKind
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.listings import Order, Page, SortField

INDEXES: dict[SortField, Index | None] = {
    SortField.NAME: None,
    SortField.UPDATED: BY_UPDATED,
    SortField.SIZE: BY_SIZE,
}


class _Stretch(NamedTuple):
    """A run of rows that one query can give: all, or (descending) those of one kind. `after`: the last seen."""

    kind: NodeKind | None
    after: Key | None


@dataclass(frozen=True, slots=True)
class DynamoFolderListing:
    """Sort keys begin with the kind, folders first: ascending is one query, descending one per kind."""

    table: Table[EntryRow]

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> Page[Node]:
        stretch = _load(start) if start else _Stretch(NodeKind.FOLDER if order.descending else None, None)
        page = await self._query(folder_id, order, stretch, limit)
        items = list(page.items)
        if page.next_start is None and stretch.kind is NodeKind.FOLDER:
            stretch = _Stretch(NodeKind.FILE, None)
            if len(items) == limit:
                return _page(items, _dump(stretch))
            page = await self._query(folder_id, order, stretch, limit - len(items))
            items += page.items
        return _page(items, _dump(_Stretch(stretch.kind, page.next_start)) if page.next_start else None)

    async def _query(
        self, folder_id: NodeId, order: Order, stretch: _Stretch, limit: int
    ) -> TablePage[EntryRow]:
        return await self.table.query(
            folder_id,
            index=INDEXES[order.field],
            begins_with=f"{stretch.kind}{JOINT}" if stretch.kind else None,
            limit=limit,
            start=stretch.after,
            descending=order.descending,
        )


@dataclass(frozen=True, slots=True)
class DynamoTrashListing:
    table: Table[TrashRow]

    async def page(self, drive_id: DriveId, *, limit: int, start: str | None) -> Page[TrashItem]:
        page = await self.table.query(
            drive_id, limit=limit, start=json.loads(start) if start else None, descending=True
        )
        items = tuple(load_trash_item(row.item) for row in page.items)
        return Page(items, json.dumps(page.next_start) if page.next_start else None)


def _page(rows: list[EntryRow], next_start: str | None) -> Page[Node]:
    return Page(tuple(map(entry_of, rows)), next_start)


def _dump(stretch: _Stretch) -> str:
    return json.dumps(stretch, ensure_ascii=False)


def _load(start: str) -> _Stretch:
    kind, after = json.loads(start)
    return _Stretch(NodeKind(kind) if kind else None, after)
