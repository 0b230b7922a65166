"""Past versions by file and by when they are due, over the store in memory."""

from collections.abc import Iterator
from dataclasses import dataclass

from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.nodes import File
from file_metadata_service.domain.versions import PastVersion
from file_metadata_service.ports.ledger import Key, file_key
from file_metadata_service.ports.listings import Page
from file_metadata_service.ports.versions import DueFile
from tests.fakes.metadata_store import InMemoryMetadata


@dataclass(frozen=True, slots=True)
class InMemoryVersions:
    """VersionListing and DueVersions."""

    store: InMemoryMetadata

    async def page(self, file_id: NodeId, *, below: int, limit: int) -> Page[PastVersion]:
        self.store.calls.append("query")
        found = sorted(
            (it for key, it in self._rows() if key.partition == file_id), key=lambda it: -it.number
        )
        rest = [it for it in found if it.number < below]
        page = tuple(rest[:limit])
        return Page(page, str(page[-1].number) if len(rest) > limit else None)

    async def due(self, *, until_ms: int, limit: int) -> tuple[DueFile, ...]:
        self.store.calls.append("query")
        due = sorted((it.due_at_ms, key.partition) for key, it in self._rows() if it.due_at_ms is not None)
        files = dict.fromkeys(file_id for at_ms, file_id in due[:limit] if at_ms <= until_ms)
        return tuple(DueFile(self._drive_of(NodeId(file_id)), NodeId(file_id)) for file_id in files)

    def _rows(self) -> Iterator[tuple[Key, PastVersion]]:
        for key, row in list(self.store.rows.items()):
            if isinstance(row, PastVersion):
                yield key, row

    def _drive_of(self, file_id: NodeId) -> DriveId:
        file = self.store.rows[file_key(file_id)]
        assert isinstance(file, File)
        return file.drive_id
