"""Nodes and versions as one attribute each: MessagePack, by position.

An engine pays for each attribute of a row, a listing for each of each of its rows (docs/performance.md): what no index
sorts by, and no condition looks at, needs none of its own. The fields below are stored in this order: a new one comes
last and has a default, none is ever removed or moved. Times are Unix milliseconds.
"""

from typing import Any

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from file_metadata_service.domain.ids import Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.nodes import File, Folder, Node, Version


class PackedVersion(Struct, array_like=True, gc=False):
    number: int
    blob_id: str
    size_bytes: int
    content_type: str
    content_hash: str
    layout: str
    created_at_ms: int
    actor: str
    kept: bool


class PackedNode(Struct, array_like=True, gc=False):
    """`current`: of files only. `unkept`: past versions that are not kept for ever."""

    id: str
    drive_id: str
    parent_id: str
    name: str
    revision: int
    seq: int
    created_at_ms: int
    updated_at_ms: int
    trashed_at_ms: int | None
    current: PackedVersion | None = None
    unkept: int = 0


_encode = Encoder().encode
_version_in = Decoder(PackedVersion).decode
node_in = Decoder(PackedNode).decode


def pack_node(node: Node) -> bytes:
    return _encode(packed_node(node))


def packed_node(node: Node) -> PackedNode:
    assert node.parent_id is not None, "the root has no row"
    file = node if isinstance(node, File) else None
    return PackedNode(
        node.id,
        node.drive_id,
        node.parent_id,
        node.name,
        node.revision,
        node.seq,
        node.created_at_ms,
        node.updated_at_ms,
        node.trashed_at_ms,
        _packed(file.current) if file else None,
        file.unkept_versions if file else 0,
    )


def unpack_node(stored: bytes) -> Node:
    return node_of(node_in(stored))


def node_of(packed: PackedNode) -> Node:
    common: dict[str, Any] = {
        "id": NodeId(packed.id),
        "drive_id": DriveId(packed.drive_id),
        "parent_id": NodeId(packed.parent_id),
        "name": packed.name,
        "revision": packed.revision,
        "seq": packed.seq,
        "created_at_ms": packed.created_at_ms,
        "updated_at_ms": packed.updated_at_ms,
        "trashed_at_ms": packed.trashed_at_ms,
    }
    if packed.current is None:
        return Folder(**common)
    return File(current=_version(packed.current), unkept_versions=packed.unkept, **common)


def pack_version(version: Version) -> bytes:
    return _encode(_packed(version))


def unpack_version(stored: bytes) -> Version:
    return _version(_version_in(stored))


def _packed(version: Version) -> PackedVersion:
    return PackedVersion(
        version.number,
        version.blob_id,
        version.size_bytes,
        version.content_type,
        version.content_hash,
        version.layout,
        version.created_at_ms,
        str(version.actor),
        version.kept,
    )


def _version(packed: PackedVersion) -> Version:
    return Version(
        number=packed.number,
        blob_id=BlobId(packed.blob_id),
        size_bytes=packed.size_bytes,
        content_type=packed.content_type,
        content_hash=packed.content_hash,
        layout=packed.layout,
        created_at_ms=packed.created_at_ms,
        actor=Actor.parse(packed.actor),
        kept=packed.kept,
    )
