"""Entries as jobs walk through them: whole nodes, without what only indexes need, decoded by their shape.

A walk through a folder of 100,000 files shares its event loop with people: what a page costs there, they wait.
"""

from msgspec import Struct

from chassis.dynamodb import Nested, Text, Truth, Whole
from file_metadata_service.domain.ids import Actor, BlobId, DriveId, NodeId
from file_metadata_service.domain.nodes import File, Folder, Node, Version


class ContentShape(Struct, gc=False):
    version: Whole
    blobid: Text
    size: Whole
    type: Text
    hash: Text
    layout: Text
    created_at: Whole
    actor: Text
    kept: Truth | None = None


class WalkedShape(Struct, gc=False):
    """An EntryRow without its keys: where it stands, whoever walks knows."""

    id: Text
    userid: Text
    name: Text
    revision: Whole
    seq: Whole
    created_at: Whole
    updated_at: Whole
    current: Nested[ContentShape] | None = None
    unkept: Whole | None = None


def walked(folder_id: NodeId, entry: WalkedShape) -> Node:
    """The node that has the name, as `node_rows.entry_of` gives it."""
    if entry.current is None:
        return Folder(
            id=NodeId(entry.id.S),
            drive_id=DriveId(entry.userid.S),
            parent_id=folder_id,
            name=entry.name.S,
            revision=entry.revision.N,
            seq=entry.seq.N,
            created_at_ms=entry.created_at.N,
            updated_at_ms=entry.updated_at.N,
        )
    current = _version(entry.current.M)
    return File(
        id=NodeId(entry.id.S),
        drive_id=DriveId(entry.userid.S),
        parent_id=folder_id,
        name=entry.name.S,
        revision=entry.revision.N,
        seq=entry.seq.N,
        created_at_ms=entry.created_at.N,
        updated_at_ms=entry.updated_at.N,
        current=current,
        # As in node_rows: rows of old do not say.
        unkept_versions=current.number - 1 if entry.unkept is None else entry.unkept.N,
    )


def _version(content: ContentShape) -> Version:
    return Version(
        number=content.version.N,
        blob_id=BlobId(content.blobid.S),
        size_bytes=content.size.N,
        content_type=content.type.S,
        content_hash=content.hash.S,
        layout=content.layout.S,
        created_at_ms=content.created_at.N,
        actor=Actor.parse(content.actor.S),
        kept=content.kept is not None and content.kept.BOOL,
    )
