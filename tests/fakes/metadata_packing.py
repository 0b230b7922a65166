"""Pages of a folder as the gateway takes them, packed and unpacked in the simplest way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import msgpack
from msgspec.structs import replace

from api_gateway.adapters.rpc.packed_nodes import ListedFile, ListedFolder, unpacked
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.domain.nodes import File, Node
from file_metadata_service.ports.listings import Order, PackedPage
from tests.fakes.metadata_store import InMemoryFolderListing, InMemoryMetadata

Listed = ListedFolder | ListedFile


def listed(node: Node) -> Listed:
    """What a page shows of the node."""
    assert node.parent_id is not None
    common = (
        node.id,
        node.name,
        node.revision,
        node.seq,
        _moment(node.created_at_ms),
        _moment(node.updated_at_ms),
    )
    if not isinstance(node, File):
        return ListedFolder(*common, node.drive_id, node.parent_id)
    content = node.current
    return ListedFile(
        *common,
        content.size_bytes,
        content.content_type,
        content.content_hash,
        content.layout,
        content.number,
        node.drive_id,
        node.parent_id,
    )


def packed(nodes: Iterable[Node]) -> bytes:
    return msgpack.encode([replace(listed(node), drive_id="", parent_id="") for node in nodes])


def listed_in(nodes: bytes, drive_id: str, parent_id: str) -> tuple[Listed, ...]:
    """Unpacked as the gateway does it."""
    found = unpacked(nodes, drive_id=drive_id, parent_id=parent_id)
    return tuple(it for it in found if isinstance(it, ListedFolder | ListedFile))


@dataclass(frozen=True, slots=True)
class InMemoryPackedListing:
    store: InMemoryMetadata

    async def page(self, folder_id: NodeId, order: Order, *, limit: int, start: str | None) -> PackedPage:
        page = await InMemoryFolderListing(self.store).page(folder_id, order, limit=limit, start=start)
        return PackedPage(packed(page.items), page.next_start)


def _moment(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)
