"""Drives, blobs and commands as rows, and back."""

from file_metadata_service.adapters.dynamodb.json_form import dump_result, load_result
from file_metadata_service.adapters.dynamodb.packed_blobs import PackedBlob, pack_blob, unpack_blob
from file_metadata_service.adapters.dynamodb.packed_nodes import node_of, packed_node
from file_metadata_service.adapters.dynamodb.rows import BlobRow, CommandRow, DriveRow
from file_metadata_service.domain.blobs import ALIAS_KEPT_MS, Blob, BlobState, Content
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import Actor, BlobId, DriveId
from file_metadata_service.domain.journal import CommandRecord
from file_metadata_service.domain.nodes import File
from file_metadata_service.ports.ledger import Key


def drive_row(drive: Drive) -> DriveRow:
    return DriveRow(
        drive.id,
        drive.journal_id,
        drive.created_at_ms,
        drive.seq,
        drive.journal_floor,
        drive.tree_epoch,
        drive.bytes_used,
        drive.file_count,
        drive.quota_bytes,
        drive.versions_bytes,
        drive.trash_bytes,
        drive.trash_uncounted,
    )


def drive_of(row: DriveRow) -> Drive:
    return Drive(
        id=DriveId(row.driveid),
        journal_id=row.journal_id,
        created_at_ms=row.created_at,
        seq=row.seq,
        journal_floor=row.journal_floor,
        tree_epoch=row.tree_epoch,
        bytes_used=row.bytes_used,
        file_count=row.file_count,
        quota_bytes=row.quota_bytes,
        versions_bytes=row.versions_bytes,
        trash_bytes=row.trash_bytes or 0,
        trash_uncounted=row.trash_uncounted or 0,
    )


MS_A_SECOND = 1000


def content_key(content: Content) -> str:
    return f"{content.drive_id}#{content.size_bytes}#{content.layout}#{content.content_hash}"


def blob_row(blob: Blob) -> BlobRow:
    expires_at = (blob.decided_at_ms + ALIAS_KEPT_MS) // MS_A_SECOND
    packed = PackedBlob(
        blob.drive_id,
        blob.decided_at_ms,
        blob.size_bytes,
        blob.content_hash,
        blob.layout,
        blob.only_part,
        packed_node(blob.committed) if blob.committed else None,
        blob.seq,
        blob.alias_of,
    )
    return BlobRow(
        blob.id,
        blob.state,
        blob.references,
        content_key(blob.content) if blob.state is BlobState.LIVE else None,
        pack_blob(packed),
        None if blob.zero_since_ms is None else blob.id[:1],
        blob.zero_since_ms,
        expires_at if blob.state is BlobState.ALIAS else None,
    )


def blob_of(row: BlobRow) -> Blob:
    packed = unpack_blob(row.blob)
    committed = node_of(packed.committed) if packed.committed else None
    assert committed is None or isinstance(committed, File), "a Commit makes a file"
    return Blob(
        id=BlobId(row.blobid),
        drive_id=DriveId(packed.drive_id),
        state=BlobState(row.state),
        decided_at_ms=packed.decided_at_ms,
        references=row.references,
        size_bytes=packed.size_bytes,
        content_hash=packed.content_hash,
        layout=packed.layout,
        only_part=packed.only_part,
        committed=committed,
        seq=packed.seq,
        zero_since_ms=row.zero_since,
        alias_of=BlobId(packed.alias_of) if packed.alias_of else None,
    )


def command_row(drive_id: DriveId, key: Key, record: CommandRecord) -> CommandRow:
    # Rounded up: TTL counts whole seconds, and a repeat must not find its record gone too early.
    expires_at = -(-record.expires_at_ms // 1000)
    return CommandRow(
        drive_id, key.sort, record.request_hash, dump_result(record.result), record.seq, expires_at
    )


def command_of(row: CommandRow) -> CommandRecord:
    actor, _, command_id = row.command_key.partition("#")
    return CommandRecord(
        actor=Actor.parse(actor),
        command_id=command_id,
        request_hash=row.request_hash,
        result=load_result(row.result),
        seq=row.seq,
        expires_at_ms=row.expires_at * 1000,
    )
