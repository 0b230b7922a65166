"""All tables of the metadata service in memory, behind its ports, with the faults a store can have.

Every call lets others have their turn, before and after it, and a read of many rows after each: it is not as of
one moment, as little as DynamoDB's.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter

from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import BlobId, DriveId, NodeId
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import (
    HeadMoved,
    Item,
    Key,
    NotWritten,
    OutcomeUnknown,
    Row,
    Rows,
    RowsRefused,
    Send,
    Shelf,
    Writing,
    blob_key,
)
from file_metadata_service.ports.listings import Order, Page, SortField
from tests.fakes.metadata_faults import Faults


@dataclass(slots=True)
class InMemoryMetadata:
    """DriveRepository, Ledger and BlobDecisions over dictionaries. `calls` counts what would be remote.

    `on_write`: called after each.
    """

    rows: dict[Key, Row] = field(default_factory=dict)
    heads: dict[DriveId, Drive] = field(default_factory=dict)
    journal: dict[tuple[DriveId, int], Writing] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    misfiled: set[Key] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    on_their_way: list[Writing] = field(default_factory=list)
    on_write: Callable[[], object] | None = None

    async def get(self, drive_id: DriveId) -> Drive | None:
        self.calls.append("head")
        self.faults.check_read()
        await asyncio.sleep(0)
        head = self.heads.get(drive_id)
        await self.faults.before_answer("head")
        return head

    async def create(self, drive: Drive) -> Drive:
        self.calls.append("create")
        await asyncio.sleep(0)
        return self.heads.setdefault(drive.id, drive)

    async def read(self, drive_id: DriveId, keys: Iterable[Key]) -> Rows:
        self.calls.append("read")
        self.faults.check_read()
        found: dict[Key, Row | None] = {}
        for key in keys:
            await asyncio.sleep(0)
            found[key] = self.stands(drive_id, key)
        await self.faults.before_answer("read")
        return found

    async def write(self, writing: Writing) -> None:
        self.calls.append("write")
        fault = self.faults.next_write()
        await asyncio.sleep(0)
        if fault == "conflict":
            raise NotWritten
        if fault == "late":
            self.on_their_way.append(writing)
        if fault in ("lost", "late"):
            raise OutcomeUnknown
        if fault == "dies":
            await self.faults.die()
        self.faults.check_poison(change.node.name for change in writing.changes)
        self._apply(writing)
        if self.on_write:
            self.on_write()
        await self.faults.before_answer("write")
        if fault == "dies, applied":
            await self.faults.die()
        if fault == "applied":
            raise OutcomeUnknown

    def ready(self, writing: Writing) -> Send:
        return partial(self.write, writing)

    async def token_at(self, drive_id: DriveId, seq: int) -> str | None:
        self.calls.append("token")
        self.faults.check_read()
        await asyncio.sleep(0)
        writing = self.journal.get((drive_id, seq))
        return writing.token if writing else None

    async def abandon(self, drive_id: DriveId, blob_ids: Sequence[BlobId], *, at_ms: int) -> list[Blob]:
        self.calls.append("abandon")
        self.faults.check_read()
        await asyncio.sleep(0)
        found = []
        for blob_id in blob_ids:
            fresh = Blob(id=blob_id, drive_id=drive_id, state=BlobState.ABANDONED, decided_at_ms=at_ms)
            row = self.rows.setdefault(blob_key(blob_id), fresh)
            assert isinstance(row, Blob)
            found.append(row)
        return found

    def let_land(self) -> int:
        """What is on its way arrives now; how much of it was written."""
        landed = 0
        while self.on_their_way:
            with suppress(HeadMoved, RowsRefused):
                self._apply(self.on_their_way.pop(0))
                landed += 1
        return landed

    def entries(self, folder_id: NodeId) -> Iterator[tuple[str, Node]]:
        for key, row in list(self.rows.items()):
            if key.shelf is Shelf.ENTRY and key.partition == folder_id:
                assert isinstance(row, Folder | File)
                yield key.sort, row

    def _apply(self, writing: Writing) -> None:
        before, after = writing.before, writing.after
        ours = self.journal.get((after.id, after.seq))
        if ours is not None and ours.token == writing.token and not self.faults.tokens_forgotten:
            return
        head = self.heads.get(before.id)
        if head is None or head.position != before.position or head.quota_bytes != before.quota_bytes:
            raise HeadMoved
        refused = frozenset(item.key for item in writing.items if not self._may(item))
        refused |= {taking.key for taking in writing.takings if self._live(taking.key) is None}
        if refused:
            raise RowsRefused(refused)
        floor = after if after.journal_floor != before.journal_floor else head
        self.heads[after.id] = replace(after, quota_bytes=head.quota_bytes, journal_floor=floor.journal_floor)
        self.journal[after.id, after.seq] = writing
        for item in writing.items:
            self.misfiled.discard(item.key)
            if item.after is None:
                del self.rows[item.key]
            else:
                self._check_before(item)
                self.rows[item.key] = item.after
        for taking in writing.takings:
            blob = self._live(taking.key)
            assert blob is not None, "looked at above"
            self.rows[taking.key] = replace(
                blob, references=blob.references + taking.count, zero_since_ms=None
            )

    def _live(self, key: Key) -> Blob | None:
        row = self.rows.get(key)
        return row if isinstance(row, Blob) and row.state is BlobState.LIVE else None

    def _check_before(self, item: Item) -> None:
        """The engine writes what differs from `before`: anything else that stood there would become a mixture."""
        if item.before is not None and not item.whole:
            stands, believed = self.rows[item.key], item.before
            if isinstance(stands, Blob) and isinstance(believed, Blob):
                # Whoever looks for known bytes keeps them without the head.
                stands, believed = replace(stands, zero_since_ms=None), replace(believed, zero_since_ms=None)
            assert stands == believed, f"{item.key} is not what the writing takes it for"

    def _may(self, item: Item) -> bool:
        standing = self.rows.get(item.key)
        if item.before is None or standing is None or item.after is None:
            return (item.before is None) == (standing is None)
        if not (isinstance(item.before, Blob) and isinstance(standing, Blob)):
            return True
        return (standing.state, standing.references) == (item.before.state, item.before.references)

    def stands(self, drive_id: DriveId, key: Key) -> Row | None:
        row = self.rows.get(key)
        foreign = isinstance(row, Folder | File) and row.drive_id != drive_id
        return None if foreign else row


@dataclass(frozen=True, slots=True)
class InMemoryFolderListing:
    """A cursor is the place of the last row seen, by the listing's own order, whether the row still stands."""

    store: InMemoryMetadata

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> Page[Node]:
        self.store.calls.append("query")
        begin = json.loads(start) if start else None
        ordered: list[tuple[list[str | int], Node]] = []
        for kind in NodeKind:
            of_kind = [([kind, *_rank(order, *it)], it[1]) for it in self.store.entries(folder_id)]
            ordered += sorted(
                (it for it in of_kind if it[1].kind is kind and _behind(it[0], begin, order)),
                key=itemgetter(0),
                reverse=order.descending,
            )
        page = ordered[:limit]
        more = len(ordered) > limit
        return Page(tuple(node for _, node in page), json.dumps(page[-1][0]) if more else None)

    def behind(self, node: Node) -> str:
        return json.dumps([node.kind, 0, node.entry_key])


@dataclass(frozen=True, slots=True)
class InMemoryTrashListing:
    store: InMemoryMetadata

    async def page(self, drive_id: DriveId, *, limit: int, start: str | None) -> Page[TrashItem]:
        self.store.calls.append("query")
        found = {
            key.sort: row
            for key, row in self.store.rows.items()
            if key.shelf is Shelf.TRASH and key.partition == drive_id and isinstance(row, TrashItem)
        }
        places = sorted((place for place in found if start is None or place < start), reverse=True)
        page = places[:limit]
        return Page(tuple(found[place] for place in page), page[-1] if len(places) > limit else None)

    async def due(self, now_ms: int, *, limit: int) -> Sequence[TrashItem]:
        self.store.calls.append("due")
        items = [row for row in self.store.rows.values() if isinstance(row, TrashItem)]
        return [item for item in items if item.due_at_ms <= now_ms][:limit]


def _behind(place: list[str | int], begin: list[str | int] | None, order: Order) -> bool:
    """Folders come first in either direction."""
    if begin is None or place[0] != begin[0]:
        return begin is None or place[0] == NodeKind.FILE
    return place < begin if order.descending else place > begin


def _rank(order: Order, key: str, node: Node) -> tuple[int, str]:
    match order.field:
        case SortField.NAME:
            return 0, key
        case SortField.UPDATED:
            return node.updated_at_ms, key
        case SortField.SIZE:
            return (node.current.size_bytes if isinstance(node, File) else 0), key
