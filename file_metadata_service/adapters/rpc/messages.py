"""From the domain to protobuf, and from requests to what the use cases understand."""

import hashlib
from collections.abc import Iterable

from google.protobuf.message import Message

from chassis import rpc
from chassis.errors import DomainError, InvalidArgument, Kind
from file_metadata_service.app.change_tree import Caller
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain import drives, ids, nodes, trash
from file_metadata_service.ports.listings import Order, SortField
from stowage.metadata.v1 import metadata_pb2 as pb

BLOB_ID_MAX_CHARACTERS = 128

_RULES = {
    pb.CONFLICT_RULE_UNSPECIFIED: ConflictRule.FAIL,
    pb.CONFLICT_RULE_FAIL: ConflictRule.FAIL,
    pb.CONFLICT_RULE_RENAME: ConflictRule.RENAME,
    pb.CONFLICT_RULE_REPLACE: ConflictRule.REPLACE,
}
_SORTS = {
    pb.SORT_FIELD_UNSPECIFIED: SortField.NAME,
    pb.SORT_FIELD_NAME: SortField.NAME,
    pb.SORT_FIELD_UPDATED: SortField.UPDATED,
    pb.SORT_FIELD_SIZE: SortField.SIZE,
}


def actor() -> ids.Actor:
    """The person whose token came along."""
    return ids.Actor(ids.AccountId(rpc.identity().account_id))


def blob_id(text: str) -> ids.BlobId:
    """Raises InvalidArgument."""
    if not (0 < len(text) <= BLOB_ID_MAX_CHARACTERS and text.isascii()) or "#" in text:
        raise InvalidArgument("That is no blob id.")
    return ids.BlobId(text)


def caller(command_id: str, request: Message) -> Caller:
    """Who asks for a change. Raises InvalidArgument for a bad command id."""
    body = type(request).__name__.encode() + b"\0" + request.SerializeToString(deterministic=True)
    return Caller(
        actor=actor(),
        command_id=command_id,
        request_hash=hashlib.sha256(body).hexdigest(),
        session_id=rpc.identity().session_id,
        within_seconds=rpc.remaining_seconds(),
    )


def conflict_rule(value: pb.ConflictRule.ValueType) -> ConflictRule:
    rule = _RULES.get(value)
    if rule is None:
        raise InvalidArgument("There is no such conflict rule.")
    return rule


def order(request: pb.ListEntriesRequest) -> Order:
    field = _SORTS.get(request.sort)
    if field is None:
        raise InvalidArgument("There is no such order.")
    return Order(field=field, descending=request.descending)


def node(it: nodes.Node) -> pb.Node:
    message = pb.Node(
        id=it.id,
        drive_id=it.drive_id,
        kind=pb.NODE_KIND_FOLDER,
        parent_id=it.parent_id or "",
        name=it.name,
        revision=it.revision,
        seq=it.seq,
        created_at_ms=it.created_at_ms,
        updated_at_ms=it.updated_at_ms,
    )
    if isinstance(it, nodes.File):
        message.kind = pb.NODE_KIND_FILE
        message.content.CopyFrom(_content(it.current))
    return message


def file_at(it: nodes.File, version: nodes.Version) -> pb.Node:
    """The file as if that version were its current one."""
    message = node(it)
    message.content.CopyFrom(_content(version))
    return message


def ancestors(chain: Iterable[nodes.Folder]) -> list[pb.Ancestor]:
    return [pb.Ancestor(id=folder.id, name=folder.name) for folder in chain]


def drive(it: drives.Drive) -> pb.Drive:
    return pb.Drive(
        id=it.id,
        root_id=ids.root_of(it.id),
        bytes_used=it.bytes_used,
        file_count=it.file_count,
        quota_bytes=it.quota_bytes or 0,
        versions_bytes=it.versions_bytes,
        trash_bytes=it.trash_size_bytes,
    )


def seen(places: Iterable[pb.Position]) -> ids.Seen:
    return tuple(ids.Position(ids.DriveId(place.drive_id), place.journal_id, place.seq) for place in places)


def position(it: ids.Position) -> pb.Position:
    return pb.Position(drive_id=it.drive_id, journal_id=it.journal_id, seq=it.seq)


def trash_item(it: trash.TrashItem) -> pb.TrashItem:
    return pb.TrashItem(
        node=node(it.node),
        original_path=it.original_path,
        trashed_at_ms=it.trashed_at_ms,
        expires_at_ms=it.expires_at_ms,
        size_bytes=it.size_bytes,
        node_count=it.node_count,
    )


def refusal(error: Exception) -> pb.Refusal:
    """Opaque for what is no refusal of ours."""
    if not isinstance(error, DomainError) or error.kind is Kind.INTERNAL:
        return pb.Refusal(kind=Kind.INTERNAL, code=DomainError.code, detail="Something went wrong here.")
    message = pb.Refusal(kind=error.kind, code=error.code, detail=error.detail)
    if error.retry_after_seconds is not None:
        message.retry_after_ms = round(error.retry_after_seconds * 1000)
    return message


def _content(version: nodes.Version) -> pb.FileContent:
    return pb.FileContent(
        size_bytes=version.size_bytes,
        content_type=version.content_type,
        content_hash=version.content_hash,
        layout=version.layout,
        version=version.number,
    )
