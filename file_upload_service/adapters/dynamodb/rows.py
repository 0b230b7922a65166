"""How an upload stands in the table `upload_parts`.

    uploadid            userid                     row
    <upload id>         <account id>               the upload; in the indexes `due` and, until it ends, `owner`;
                                                   with its part, if it is an only one
    <bundle id>         <account id>               a bundle, whole in one attribute; in the index `due`, in shards
                                                   of its own
    <upload id>         <account id>#part#0001     one claimed part of several
    <upload id>         <account id>#tail          what a stream has beyond its parts, whole in one attribute
    budget#<account>    <account id>               how many uploads of the account are open

Times are Unix milliseconds. One dataclass reads all of an upload, so that one Query gives an upload with its parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from chassis.dynamodb import Value
from file_upload_service.domain.ids import AccountId, DriveId, UploadId
from file_upload_service.domain.known import Known
from file_upload_service.domain.layout import Plan
from file_upload_service.domain.lease import Lease
from file_upload_service.domain.outcome import Committed, Failure
from file_upload_service.domain.part import Part
from file_upload_service.domain.target import Target
from file_upload_service.domain.upload import UNFINISHED, Upload, UploadState

SHARDS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Attributes = dict[str, Value]


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload's row, or a part's; `sha256` and `etag` are of that part, or of the upload's only one."""

    uploadid: str
    userid: str
    number: int | None = None
    sha256: bytes | None = None
    etag: str | None = None
    state: UploadState | None = None
    drive_id: str = ""
    target: Target | None = None
    content_type: str = ""
    plan: Plan | None = None
    request_hash: str = ""
    created_at: int = 0
    expires_at: int = 0
    signed_until: int = 0
    due_at: int | None = None
    due_shard: str | None = None
    owner: str | None = None
    multipart_id: str | None = None
    fence: int = 0
    lease_holder: str | None = None
    lease_until: int | None = None
    attempts: int = 0
    stored_at: int | None = None
    ended_at: int | None = None
    abandoned: bool = False
    cleaned: bool = False
    committed: Committed | None = None
    failure: Failure | None = None
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """What is read of an index: where the row is. What it says now, the row itself says."""

    uploadid: str
    userid: str


def part_sort_key(upload: Upload, number: int) -> str:
    return f"{upload.account_id}#part#{number:04d}" if upload.plan.is_multipart else upload.account_id


def shard_of(upload_id: str) -> str:
    return str(int(upload_id[:4], 16) % SHARDS)


def to_row(upload: Upload) -> UploadRow:
    lease = upload.lease
    return UploadRow(
        uploadid=upload.id,
        userid=upload.account_id,
        state=upload.state,
        drive_id=upload.drive_id,
        target=upload.target,
        content_type=upload.content_type,
        plan=upload.plan,
        request_hash=upload.request_hash,
        created_at=to_millis(upload.created_at),
        expires_at=to_millis(upload.expires_at),
        signed_until=to_millis(upload.signed_until),
        due_at=to_millis(upload.due_at),
        due_shard=shard_of(upload.id),
        owner=upload.account_id if upload.state in UNFINISHED else None,
        multipart_id=upload.multipart_id,
        fence=upload.fence,
        lease_holder=lease.holder if lease else None,
        lease_until=to_millis(lease.until) if lease else None,
        attempts=upload.attempts,
        stored_at=to_millis(upload.stored_at) if upload.stored_at else None,
        ended_at=to_millis(upload.ended_at) if upload.ended_at else None,
        abandoned=upload.abandoned,
        cleaned=upload.cleaned,
        committed=upload.committed,
        failure=upload.failure,
        known=upload.known,
    )


def to_upload(row: UploadRow) -> Upload:
    assert row.state is not None
    assert row.target is not None
    assert row.plan is not None
    assert row.due_at is not None
    leased = row.lease_holder is not None and row.lease_until is not None
    return Upload(
        id=UploadId(row.uploadid),
        account_id=AccountId(row.userid),
        drive_id=DriveId(row.drive_id),
        target=row.target,
        content_type=row.content_type,
        plan=row.plan,
        request_hash=row.request_hash,
        created_at=to_time(row.created_at),
        expires_at=to_time(row.expires_at),
        signed_until=to_time(row.signed_until),
        due_at=to_time(row.due_at),
        state=row.state,
        multipart_id=row.multipart_id,
        fence=row.fence,
        lease=Lease(row.lease_holder or "", to_time(row.lease_until or 0)) if leased else None,
        attempts=row.attempts,
        stored_at=None if row.stored_at is None else to_time(row.stored_at),
        ended_at=None if row.ended_at is None else to_time(row.ended_at),
        abandoned=row.abandoned,
        cleaned=row.cleaned,
        committed=row.committed,
        failure=row.failure,
        known=row.known,
    )


def to_parts(rows: Iterable[UploadRow]) -> tuple[Part, ...]:
    """The parts claimed so far, of an upload's rows in order. An only part may still have a row, of an earlier version:
    that one was there first, and counts."""
    parts = {row.number or 1: row for row in rows if row.sha256 is not None}
    return tuple(Part(number, row.sha256 or b"", row.etag) for number, row in parts.items())


def changed(before: UploadRow, after: UploadRow) -> Attributes:
    """What an update has to write; None: the attribute goes."""
    names = [field.name for field in fields(UploadRow)]
    return {name: getattr(after, name) for name in names if getattr(before, name) != getattr(after, name)}


def to_millis(time: datetime) -> int:
    return (time - _EPOCH) // _MILLISECOND


def to_time(millis: int) -> datetime:
    return _EPOCH + millis * _MILLISECOND
