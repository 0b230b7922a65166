"""From the rows of entries straight to what the gateway takes, without a node in between.

The form is said at `ListEntriesResponse` in the proto: a listing is read a thousand times as often as anything else,
and protobuf's objects would cost more than the query.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.msgpack import Encoder

from chassis.dynamodb import Bytes
from file_metadata_service.adapters.dynamodb.packed_nodes import PackedNode, node_in


class EntryShape(Struct, gc=False):
    """Of an EntryRow, the node."""

    node: Bytes


class PackedFolder(Struct, tag="folder", tag_field="kind", gc=False):
    id: str
    name: str
    revision: int
    seq: int
    created_at: datetime
    updated_at: datetime


class PackedFile(Struct, tag="file", tag_field="kind", gc=False):
    id: str
    name: str
    revision: int
    seq: int
    created_at: datetime
    updated_at: datetime
    size: int
    content_type: str
    content_hash: str
    layout: str
    version: int


_encode = Encoder().encode


def packed(entries: Iterable[EntryShape]) -> bytes:
    return _encode([_packed(node_in(entry.node.B)) for entry in entries])


def _packed(node: PackedNode) -> PackedFolder | PackedFile:
    """Positional, because a listing builds a thousand of them."""
    common = (
        node.id,
        node.name,
        node.revision,
        node.seq,
        _moment(node.created_at_ms),
        _moment(node.updated_at_ms),
    )
    current = node.current
    if current is None:
        return PackedFolder(*common)
    return PackedFile(
        *common,
        current.size_bytes,
        current.content_type,
        current.content_hash,
        current.layout,
        current.number,
    )


def _moment(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)
