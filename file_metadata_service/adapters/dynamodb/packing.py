"""From the attributes of entries straight to what the gateway takes, without a node in between.

The form is said at `ListEntriesResponse` in the proto: a listing is read a thousand times as often as anything else,
and protobuf's objects would cost more than the query.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.msgpack import Encoder

from chassis.dynamodb import Nested, Text, Whole


class ContentShape(Struct, gc=False):
    version: Whole
    size: Whole
    type: Text
    hash: Text
    layout: Text


class EntryShape(Struct, gc=False):
    """What a listing shows of an EntryRow. Whose it is and where it stands, whoever asks for the page knows."""

    id: Text
    name: Text
    revision: Whole
    seq: Whole
    created_at: Whole
    updated_at: Whole
    current: Nested[ContentShape] | None = None


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
    return _encode([_packed(entry) for entry in entries])


def _packed(entry: EntryShape) -> PackedFolder | PackedFile:
    """Positional, because a listing builds a thousand of them."""
    common = (
        entry.id.S,
        entry.name.S,
        entry.revision.N,
        entry.seq.N,
        _moment(entry.created_at.N),
        _moment(entry.updated_at.N),
    )
    if entry.current is None:
        return PackedFolder(*common)
    content = entry.current.M
    return PackedFile(
        *common, content.size.N, content.type.S, content.hash.S, content.layout.S, content.version.N
    )


def _moment(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)
