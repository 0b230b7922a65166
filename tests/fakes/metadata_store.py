"""All tables of the metadata service in memory, behind its ports, with the faults a store can have."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from chassis.errors import Unavailable
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import BlobId, DriveId, NodeId
from file_metadata_service.domain.names import NodeKind
from file_metadata_service.domain.nodes import File, Folder, Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import (
    HeadMoved,
    Key,
    NotWritten,
    OutcomeUnknown,
    Row,
    Rows,
    RowsRefused,
    Shelf,
    Writing,
    blob_key,
)
from file_metadata_service.ports.listings import Order, Page, SortField


@dataclass(slots=True)
class Faults:
    """What happens to the next calls, in order; None is a call that goes well.

    For writes: "conflict" (not written), "lost" (not written, no answer), "applied" (written, no answer).
    For reads: "unavailable". `tokens_forgotten`: the store no longer knows a writing that it wrote before.
    """

    writes: list[str | None] = field(default_factory=list)
    reads: list[str | None] = field(default_factory=list)
    tokens_forgotten: bool = False

    def next_write(self) -> str | None:
        return self.writes.pop(0) if self.writes else None

    def check_read(self) -> None:
        if self.reads and self.reads.pop(0) == "unavailable":
            raise Unavailable("The store does not answer.")


@dataclass(slots=True)
class InMemoryMetadata:
    """DriveRepository, Ledger and BlobDecisions over dictionaries. `calls` counts what would be remote."""

    rows: dict[Key, Row] = field(default_factory=dict)
    heads: dict[DriveId, Drive] = field(default_factory=dict)
    journal: dict[tuple[DriveId, int], Writing] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    calls: list[str] = field(default_factory=list)

    async def get(self, drive_id: DriveId) -> Drive | None:
        self.calls.append("head")
        self.faults.check_read()
        return self.heads.get(drive_id)

    async def create(self, drive: Drive) -> Drive:
        self.calls.append("create")
        return self.heads.setdefault(drive.id, drive)

    async def read(self, drive_id: DriveId, keys: Iterable[Key]) -> Rows:
        self.calls.append("read")
        self.faults.check_read()
        return {key: self._of(drive_id, key) for key in keys}

    async def write(self, writing: Writing) -> None:
        self.calls.append("write")
        fault = self.faults.next_write()
        if fault == "conflict":
            raise NotWritten
        if fault == "lost":
            raise OutcomeUnknown
        self._apply(writing)
        if fault == "applied":
            raise OutcomeUnknown

    async def token_at(self, drive_id: DriveId, seq: int) -> str | None:
        self.calls.append("token")
        self.faults.check_read()
        writing = self.journal.get((drive_id, seq))
        return writing.token if writing else None

    async def abandon(self, drive_id: DriveId, blob_ids: Sequence[BlobId], *, at_ms: int) -> list[Blob]:
        self.calls.append("abandon")
        self.faults.check_read()
        found = []
        for blob_id in blob_ids:
            fresh = Blob(id=blob_id, drive_id=drive_id, state=BlobState.ABANDONED, decided_at_ms=at_ms)
            row = self.rows.setdefault(blob_key(blob_id), fresh)
            assert isinstance(row, Blob)
            found.append(row)
        return found

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
        if head is None or head.position != before.position:
            raise HeadMoved
        refused = frozenset(
            item.key for item in writing.items if (item.before is None) == (item.key in self.rows)
        )
        if refused:
            raise RowsRefused(refused)
        self.heads[after.id] = replace(after, quota_bytes=head.quota_bytes)
        self.journal[after.id, after.seq] = writing
        for item in writing.items:
            if item.after is None:
                del self.rows[item.key]
            else:
                self.rows[item.key] = item.after

    def _of(self, drive_id: DriveId, key: Key) -> Row | None:
        row = self.rows.get(key)
        foreign = isinstance(row, Folder | File) and row.drive_id != drive_id
        return None if foreign else row


@dataclass(frozen=True, slots=True)
class InMemoryFolderListing:
    """The place of a cursor is the number of the rows before it, by the listing's own order."""

    store: InMemoryMetadata

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> Page[Node]:
        self.store.calls.append("query")
        ordered: list[tuple[str, Node]] = []
        for kind in (NodeKind.FOLDER, NodeKind.FILE):
            of_kind = [entry for entry in self.store.entries(folder_id) if entry[1].kind is kind]
            ordered += sorted(of_kind, key=lambda it: _rank(order, *it), reverse=order.descending)
        places = [key for key, _ in ordered]
        begin = 0 if start is None else places.index(start) + 1
        items = ordered[begin : begin + limit]
        more = begin + limit < len(ordered)
        return Page(tuple(node for _, node in items), items[-1][0] if more else None)


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


def _rank(order: Order, key: str, node: Node) -> tuple[int, str]:
    match order.field:
        case SortField.NAME:
            return 0, key
        case SortField.UPDATED:
            return node.updated_at_ms, key
        case SortField.SIZE:
            return (node.current.size_bytes if isinstance(node, File) else 0), key
