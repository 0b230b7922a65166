"""Nodes as rows of a drive's index, and back.

`place` is where a node stands among the last changed: milliseconds, then what tells nodes of one moment apart.
FTS5 gives its hits in the order of rowids, so a page of the newest needs no sorting, however many match.
"""

import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from file_metadata_service.domain.file_classes import class_of
from file_metadata_service.domain.ids import Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.nodes import File, Folder, Node, Version
from file_metadata_service.domain.words import fold, words_of

MOMENT_BITS = 20
LAST_PLACE = 2**63 - 1

COLUMNS = "place, id, parent, name, revision, seq, created_at, updated_at, trashed_at, content"
FOLDER = "folder"

Row = tuple[Any, ...]


def first_place(at_ms: int) -> int:
    """Every node changed then or later stands there or behind; what a clock may say fits."""
    return min(max(at_ms, 0), 2**42) << MOMENT_BITS


def places_for(node: Node) -> Iterator[int]:
    """Where the node may stand, the best first; the same in every process unless others stand there."""
    moment, wish = first_place(node.updated_at_ms), crc32(node.id.encode())
    return (moment + (wish + step) % 2**MOMENT_BITS for step in range(2**MOMENT_BITS))


def row_of(node: Node, place: int) -> Row:
    """In the order of COLUMNS, then what is only looked at: folded name, words, class, size."""
    words = words_of(node.name).words
    common = (
        place,
        node.id,
        node.parent_id,
        node.name,
        node.revision,
        node.seq,
        node.created_at_ms,
        node.updated_at_ms,
        node.trashed_at_ms,
    )
    if isinstance(node, Folder):
        return (*common, None, fold(node.name), " ".join(words), FOLDER, None)
    content = node.current
    sort = class_of(node.name, content.content_type)
    return (*common, _content(content), fold(node.name), " ".join(words), sort, content.size_bytes)


def texts_of(name: str) -> tuple[str, str]:
    """For the full text: words, and parts where they differ."""
    words = words_of(name)
    return " ".join(words.words), " ".join(words.parts) if words.parts != words.words else ""


def node_of(drive_id: DriveId, row: Row) -> Node:
    """From COLUMNS."""
    _, node_id, parent, name, revision, seq, created_at, updated_at, trashed_at, content = row
    common: dict[str, Any] = {
        "id": NodeId(node_id),
        "drive_id": drive_id,
        "parent_id": NodeId(parent),
        "name": name,
        "revision": revision,
        "seq": seq,
        "created_at_ms": created_at,
        "updated_at_ms": updated_at,
        "trashed_at_ms": trashed_at,
    }
    return Folder(**common) if content is None else File(**common, current=_version(content))


def _content(version: Version) -> str:
    return json.dumps(
        [
            version.number,
            version.blob_id,
            version.size_bytes,
            version.content_type,
            version.content_hash,
            version.layout,
            version.created_at_ms,
            str(version.actor),
        ]
    )


def _version(content: str) -> Version:
    number, blob_id, size_bytes, content_type, content_hash, layout, created_at_ms, actor = json.loads(
        content
    )
    return Version(
        number=number,
        blob_id=BlobId(blob_id),
        size_bytes=size_bytes,
        content_type=content_type,
        content_hash=content_hash,
        layout=layout,
        created_at_ms=created_at_ms,
        actor=Actor.parse(actor),
    )
