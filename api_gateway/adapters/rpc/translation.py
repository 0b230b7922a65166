"""From the services' messages to what clients see."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from api_gateway.domain.identity import Account, Caller, Session, Tokens
from api_gateway.domain.nodes import Ancestor, Conflict, Drive, File, Folder, Node, TrashItem
from api_gateway.domain.uploads import Download, Part, Reach, SignedPart, Upload, UploadState
from stowage.metadata.v1 import metadata_pb2 as metadata
from stowage.upload.v1 import upload_pb2 as upload
from stowage.user.v1 import user_pb2 as user

METADATA_CONFLICTS: dict[Conflict, metadata.ConflictRule.ValueType] = {
    "fail": metadata.CONFLICT_RULE_FAIL,
    "rename": metadata.CONFLICT_RULE_RENAME,
    "replace": metadata.CONFLICT_RULE_REPLACE,
}
UPLOAD_CONFLICTS: dict[Conflict, upload.ConflictRule.ValueType] = {
    "fail": upload.CONFLICT_RULE_FAIL,
    "rename": upload.CONFLICT_RULE_RENAME,
    "replace": upload.CONFLICT_RULE_REPLACE,
}
REACHES: dict[Reach, upload.Reach.ValueType] = {
    "public": upload.REACH_PUBLIC,
    "internal": upload.REACH_INTERNAL,
}
_CONFLICT_OF: dict[int, Conflict] = {value: name for name, value in UPLOAD_CONFLICTS.items()}
_STATES: dict[int, UploadState] = {
    upload.UPLOAD_STATE_OPEN: "open",
    upload.UPLOAD_STATE_ASSEMBLING: "assembling",
    upload.UPLOAD_STATE_STORED: "stored",
    upload.UPLOAD_STATE_COMMITTED: "committed",
    upload.UPLOAD_STATE_ABORTING: "aborting",
    upload.UPLOAD_STATE_ABORTED: "aborted",
    upload.UPLOAD_STATE_FAILED: "failed",
}


def moment(unix_ms: int) -> datetime:
    """Aware UTC."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC)


def position_text(position: metadata.Position) -> str:
    return f"{position.drive_id}.{position.journal_id}.{position.seq}"


def seen_by(caller: Caller) -> Iterator[metadata.Position]:
    for position in caller.seen:
        drive_id, journal_id, seq = position.split(".")
        yield metadata.Position(drive_id=drive_id, journal_id=journal_id, seq=int(seq))


def account_of(message: user.Account) -> Account:
    return Account(message.id, message.email, message.display_name, moment(message.created_at_ms))


def session_of(message: user.Session) -> Session:
    return Session(
        message.id,
        message.device,
        moment(message.created_at_ms),
        moment(message.last_seen_at_ms),
        message.current,
    )


def tokens_of(message: user.Tokens) -> Tokens:
    return Tokens(
        message.access_token,
        moment(message.access_expires_at_ms),
        message.refresh_token,
        moment(message.refresh_expires_at_ms),
        message.session_id,
    )


def drive_of(message: metadata.Drive) -> Drive:
    return Drive(
        message.id,
        message.root_id,
        message.bytes_used,
        message.file_count,
        message.quota_bytes or None,
        message.versions_bytes if message.HasField("versions_bytes") else None,
        message.trash_bytes if message.HasField("trash_bytes") else None,
    )


def node_of(message: metadata.Node) -> Node:
    """Positional, because a listing builds a thousand of them."""
    if message.kind != metadata.NODE_KIND_FILE:
        return Folder(
            message.id,
            message.drive_id,
            message.parent_id or None,
            message.name,
            message.revision,
            message.seq,
            moment(message.created_at_ms),
            moment(message.updated_at_ms),
        )
    content = message.content
    return File(
        message.id,
        message.drive_id,
        message.parent_id,
        message.name,
        message.revision,
        message.seq,
        moment(message.created_at_ms),
        moment(message.updated_at_ms),
        content.size_bytes,
        content.content_type,
        content.content_hash,
        content.layout,
        content.version,
    )


def ancestors_of(messages: Iterable[metadata.Ancestor]) -> tuple[Ancestor, ...]:
    return tuple(Ancestor(each.id, each.name) for each in messages)


def trash_item_of(message: metadata.TrashItem) -> TrashItem:
    return TrashItem(
        node_of(message.node),
        message.original_path,
        moment(message.trashed_at_ms),
        moment(message.expires_at_ms),
        message.size_bytes if message.HasField("size_bytes") else None,
        message.node_count if message.HasField("node_count") else None,
    )


def part_of(message: upload.Part) -> Part:
    return Part(message.number, message.sha256.hex(), message.reported)


def upload_of(message: upload.Upload) -> Upload:
    return Upload(
        message.id,
        message.drive_id,
        _STATES[message.state],
        message.folder_id,
        message.name,
        None if message.length_unknown else message.size_bytes,
        message.content_type,
        _CONFLICT_OF.get(message.conflict, "fail"),
        message.layout,
        message.part_size_bytes,
        message.part_count,
        moment(message.created_at_ms),
        moment(message.expires_at_ms),
        message.node_id or None,
        message.committed_name or None,
        message.committed_revision or None,
        message.failure_code or None,
        message.failure_detail or None,
        message.offset if message.HasField("offset") else None,
    )


def signed_parts_of(messages: Iterable[upload.SignedPart]) -> tuple[SignedPart, ...]:
    return tuple(map(signed_part_of, messages))


def signed_part_of(message: upload.SignedPart) -> SignedPart:
    return SignedPart(message.number, message.method, message.url, dict(message.headers), message.size_bytes)


def download_of(message: upload.SignDownloadResponse) -> Download:
    return Download(
        message.url,
        moment(message.expires_at_ms),
        message.name,
        message.size_bytes,
        message.content_type,
        message.content_hash,
        message.layout,
        message.revision,
    )
