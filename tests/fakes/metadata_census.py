"""Everything that a drive in memory consists of, page by page; and rows as of one moment."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.nodes import Version
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Key, Shelf
from file_metadata_service.ports.listings import Page
from file_metadata_service.ports.sights import Sight
from tests.fakes.metadata_store import InMemoryMetadata


@dataclass(frozen=True, slots=True)
class InMemoryCensus:
    """Implements Census, in small pages."""

    store: InMemoryMetadata
    rows_in_a_page: int = 3

    async def drives(self, *, start: str | None) -> Page[DriveId]:
        page = await self._page(list(self.store.heads), start)
        return Page(tuple(map(DriveId, page.items)), page.next_start)

    async def folders(self, drive_id: DriveId, *, start: str | None) -> Page[NodeId]:
        return await self._ids(Shelf.FOLDER, drive_id, start)

    async def files(self, drive_id: DriveId, *, start: str | None) -> Page[NodeId]:
        return await self._ids(Shelf.FILE, drive_id, start)

    async def entries(self, folder_id: NodeId, *, start: str | None) -> Page[Key]:
        return await self._keys(Shelf.ENTRY, folder_id, start)

    async def trash(self, drive_id: DriveId, *, start: str | None) -> Page[Key]:
        return await self._keys(Shelf.TRASH, drive_id, start)

    async def past_versions(self, drive_id: DriveId, *, start: str | None) -> Page[Key]:
        """Of stores with one drive."""
        keys = {f"{key.partition}#{key.sort}": key for key in self.store.rows if key.shelf is Shelf.VERSION}
        page = await self._page(list(keys), start)
        return Page(tuple(keys[name] for name in page.items), page.next_start)

    async def versions(self, file_id: NodeId) -> tuple[Version, ...]:
        await asyncio.sleep(0)
        rows = [row for key, row in self.store.rows.items() if key[:2] == (Shelf.VERSION, file_id)]
        return tuple(row.version for row in rows if isinstance(row, PastVersion))

    async def _ids(self, shelf: Shelf, drive_id: DriveId, start: str | None) -> Page[NodeId]:
        ids = [
            key.partition
            for key, row in self.store.rows.items()
            if key.shelf is shelf and getattr(row, "drive_id", None) == drive_id
        ]
        page = await self._page(ids, start)
        return Page(tuple(map(NodeId, page.items)), page.next_start)

    async def _keys(self, shelf: Shelf, partition: str, start: str | None) -> Page[Key]:
        sorts = [key.sort for key in self.store.rows if key[:2] == (shelf, partition)]
        page = await self._page(sorts, start)
        return Page(tuple(Key(shelf, partition, sort) for sort in page.items), page.next_start)

    async def _page(self, names: list[str], start: str | None) -> Page[str]:
        self.store.faults.check_read()
        await asyncio.sleep(0)
        behind = sorted(name for name in names if start is None or name > start)
        page = behind[: self.rows_in_a_page]
        return Page(tuple(page), page[-1] if len(behind) > len(page) else None)


@dataclass(frozen=True, slots=True)
class InMemorySights:
    """Implements Sights."""

    store: InMemoryMetadata

    async def glance(self, head: Drive, keys: Iterable[Key]) -> Sight:
        wanted = list(keys)
        rows = await self.store.read(head.id, wanted)
        return Sight(head, rows, frozenset(self.store.misfiled & set(wanted)))

    async def look(self, drive_id: DriveId, keys: frozenset[Key]) -> Sight:
        self.store.calls.append("look")
        self.store.faults.check_read()
        await asyncio.sleep(0)
        rows = {key: self.store.stands(drive_id, key) for key in keys}
        return Sight(self.store.heads[drive_id], rows, frozenset(self.store.misfiled & keys))
