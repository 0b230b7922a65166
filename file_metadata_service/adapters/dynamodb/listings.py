"""Pages of folders and of the trash on DynamoDB."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from chassis.dynamodb import Index, Key, Table
from chassis.dynamodb import Page as TablePage
from file_metadata_service.adapters.dynamodb.json_form import load_trash_item
from file_metadata_service.adapters.dynamodb.packed_nodes import unpack_node
from file_metadata_service.adapters.dynamodb.packing import EntryShape, packed
from file_metadata_service.adapters.dynamodb.rows import EntryRow, TrashRow
from file_metadata_service.adapters.dynamodb.tables import BY_SIZE, BY_UPDATED, DUE
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.names import JOINT, NodeKind
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.listings import Order, PackedPage, Page, SortField

R = TypeVar("R")
# The first digit of the node's id.
DUE_SHARDS = "0123456789abcdef"
INDEXES: dict[SortField, Index | None] = {
    SortField.NAME: None,
    SortField.UPDATED: BY_UPDATED,
    SortField.SIZE: BY_SIZE,
}


class _Stretch(NamedTuple):
    """A run of rows that one query can give: all, or (descending) those of one kind. `after`: the last seen."""

    kind: NodeKind | None
    after: Key | None


class Stretches(Protocol[R]):
    async def __call__(
        self,
        pk: NodeId,
        /,
        *,
        index: Index | None,
        begins_with: str | None,
        limit: int,
        start: Key | None,
        descending: bool,
    ) -> TablePage[R]:
        """One query of the entries."""
        ...


async def folder_page(
    query: Stretches[R], folder_id: NodeId, order: Order, *, limit: int, start: str | None
) -> tuple[list[R], str | None]:
    """Sort keys begin with the kind, folders first: ascending is one query, descending one per kind."""

    async def take(stretch: _Stretch, limit: int) -> TablePage[R]:
        return await query(
            folder_id,
            index=INDEXES[order.field],
            begins_with=f"{stretch.kind}{JOINT}" if stretch.kind else None,
            limit=limit,
            start=stretch.after,
            descending=order.descending,
        )

    stretch = _load(start) if start else _Stretch(NodeKind.FOLDER if order.descending else None, None)
    page = await take(stretch, limit)
    rows = list(page.items)
    if page.next_start is None and stretch.kind is NodeKind.FOLDER:
        stretch = _Stretch(NodeKind.FILE, None)
        if len(rows) == limit:
            return rows, _dump(stretch)
        page = await take(stretch, limit - len(rows))
        rows += page.items
    return rows, _dump(_Stretch(stretch.kind, page.next_start)) if page.next_start else None


@dataclass(frozen=True, slots=True)
class DynamoFolderListing:
    table: Table[EntryRow]

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> Page[Node]:
        query = partial(self.table.query_shapes, EntryShape)
        rows, next_start = await folder_page(query, folder_id, order, limit=limit, start=start)
        return Page(tuple([unpack_node(row.node.B) for row in rows]), next_start)

    def behind(self, node: Node) -> str:
        assert node.parent_id is not None, "the root stands in no folder"
        return _dump(_Stretch(None, {"folderid": node.parent_id, "entry_key": node.entry_key}))


@dataclass(frozen=True, slots=True)
class DynamoPackedListing:
    table: Table[EntryRow]

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> PackedPage:
        query = partial(self.table.query_shapes, EntryShape)
        rows, next_start = await folder_page(query, folder_id, order, limit=limit, start=start)
        return PackedPage(packed(rows), next_start)


@dataclass(frozen=True, slots=True)
class DynamoTrashListing:
    """TrashListing and DueTrash."""

    table: Table[TrashRow]

    async def page(self, drive_id: DriveId, *, limit: int, start: str | None) -> Page[TrashItem]:
        page = await self.table.query(
            drive_id, limit=limit, start=json.loads(start) if start else None, descending=True
        )
        items = tuple(load_trash_item(row.item) for row in page.items)
        return Page(items, json.dumps(page.next_start) if page.next_start else None)

    async def due(self, now_ms: int, *, limit: int) -> Sequence[TrashItem]:
        pages = await asyncio.gather(
            *(
                self.table.query(shard, index=DUE, before=now_ms + 1, limit=-(-limit // len(DUE_SHARDS)))
                for shard in DUE_SHARDS
            )
        )
        return [load_trash_item(row.item) for page in pages for row in page.items]


def _dump(stretch: _Stretch) -> str:
    return json.dumps(stretch, ensure_ascii=False)


def _load(start: str) -> _Stretch:
    kind, after = json.loads(start)
    return _Stretch(NodeKind(kind) if kind else None, after)
