"""Reading a job's blobs ahead: while its last batches are written, those of the next one are looked at."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from file_metadata_service.app.convoys import AT_ONCE
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.nodes import File, Node
from file_metadata_service.ports.ledger import Key, Ledger, blob_key

Preview = Mapping[Key, Blob]
NOTHING_SEEN: Preview = MappingProxyType({})


@dataclass(slots=True)
class BlobPreview:
    """What is seen here may have changed before it is written: the write's own condition proves it, or refuses."""

    ledger: Ledger
    drive_id: DriveId
    # What the batches under way change would be refused for certain.
    _under_way: deque[set[Key]] = field(default_factory=lambda: deque(maxlen=AT_ONCE))

    async def of(self, nodes: Iterable[Node]) -> Preview:
        """The live ones among their blobs; of the others the change itself must ask. Raises Unavailable."""
        keys = {blob_key(node.current.blob_id) for node in nodes if isinstance(node, File)}
        wanted = keys.difference(*self._under_way)
        self._under_way.append(keys)
        rows = await self.ledger.read(self.drive_id, wanted) if wanted else {}
        return {
            key: row
            for key, row in rows.items()
            if isinstance(row, Blob) and row.state is BlobState.LIVE and row.drive_id == self.drive_id
        }


def missing(nodes: Iterable[Node], preview: Preview) -> set[Key]:
    """The blobs of these nodes that were not seen ahead."""
    return {blob_key(node.current.blob_id) for node in nodes if isinstance(node, File)} - preview.keys()
