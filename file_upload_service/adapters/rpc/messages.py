"""Between messages and the domain."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from chassis.errors import DomainError, InvalidArgument
from file_upload_service.domain.bundle import Bundle, BundledFile
from file_upload_service.domain.errors import BundleNotFound, PartsMissing, UploadNotFound
from file_upload_service.domain.ids import NodeId, UploadId
from file_upload_service.domain.known import BaseVersion
from file_upload_service.domain.outcome import Failure
from file_upload_service.domain.part import Part, PartClaim, PartReport
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import Reach, SignedDownload, SignedPart, SignedParts
from file_upload_service.domain.upload import Upload, UploadState
from stowage.upload.v1 import upload_pb2 as pb

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")

STATES: dict[UploadState, pb.UploadState.ValueType] = {
    UploadState.OPEN: pb.UPLOAD_STATE_OPEN,
    UploadState.ASSEMBLING: pb.UPLOAD_STATE_ASSEMBLING,
    UploadState.STORED: pb.UPLOAD_STATE_STORED,
    UploadState.COMMITTED: pb.UPLOAD_STATE_COMMITTED,
    UploadState.ABORTING: pb.UPLOAD_STATE_ABORTING,
    UploadState.ABORTED: pb.UPLOAD_STATE_ABORTED,
    UploadState.FAILED: pb.UPLOAD_STATE_FAILED,
}
RULES: dict[pb.ConflictRule.ValueType, ConflictRule] = {
    pb.CONFLICT_RULE_FAIL: ConflictRule.FAIL,
    pb.CONFLICT_RULE_RENAME: ConflictRule.RENAME,
    pb.CONFLICT_RULE_REPLACE: ConflictRule.REPLACE,
}
REACHES: dict[pb.Reach.ValueType, Reach] = {
    pb.REACH_UNSPECIFIED: Reach.PUBLIC,
    pb.REACH_PUBLIC: Reach.PUBLIC,
    pb.REACH_INTERNAL: Reach.INTERNAL,
}
_NOT_ARRIVED = Failure(PartsMissing.kind, PartsMissing.code, "The file's bytes have not arrived.")
_RULE_MESSAGES = {rule: value for value, rule in RULES.items()}


def upload_id_of(text: str) -> UploadId:
    """Raises UploadNotFound for what cannot be one."""
    if not _UPLOAD_ID.fullmatch(text):
        raise UploadNotFound("There is no such upload.")
    return UploadId(text)


def bundle_id_of(text: str) -> UploadId:
    """Raises BundleNotFound for what cannot be one."""
    if not _UPLOAD_ID.fullmatch(text):
        raise BundleNotFound("There is no such bundle.")
    return UploadId(text)


def rule_of(value: pb.ConflictRule.ValueType) -> ConflictRule | None:
    """None for UNSPECIFIED. Raises InvalidArgument for what this version does not know."""
    if value == pb.CONFLICT_RULE_UNSPECIFIED:
        return None
    if value not in RULES:
        raise InvalidArgument("There is no such conflict rule.")
    return RULES[value]


def reach_of(value: pb.Reach.ValueType) -> Reach:
    if value not in REACHES:
        raise InvalidArgument("There is no such reach.")
    return REACHES[value]


def claims_of(parts: Iterable[pb.PartClaim]) -> list[PartClaim]:
    return [PartClaim(part.number, part.sha256) for part in parts]


def reports_of(parts: Iterable[pb.PartReport]) -> list[PartReport]:
    return [PartReport(part.number, part.etag) for part in parts]


def upload_message(upload: Upload, offset: int | None = None) -> pb.Upload:
    target, plan = upload.target, upload.plan
    message = pb.Upload(
        id=upload.id,
        state=STATES[upload.state],
        folder_id=target.folder_id,
        name=target.name,
        size_bytes=plan.size_bytes,
        content_type=upload.content_type,
        conflict=_RULE_MESSAGES[target.conflict],
        layout=plan.layout,
        part_size_bytes=plan.part_size_bytes,
        part_count=plan.part_count,
        created_at_ms=millis(upload.created_at),
        expires_at_ms=millis(upload.due_at if upload.failure and upload.stored_at else upload.expires_at),
        drive_id=upload.drive_id,
        length_unknown=plan.is_open,
        offset=offset,
    )
    if upload.committed is not None:
        message.node_id = upload.committed.node_id
        message.committed_name = upload.committed.name
        message.committed_revision = upload.committed.revision
    if upload.failure is not None:
        message.failure_code = upload.failure.code
        message.failure_detail = upload.failure.detail
    return message


def base_of(request: pb.UseKnownRequest) -> BaseVersion | None:
    if not request.HasField("base"):
        return None
    number = request.base.version if request.base.HasField("version") else None
    return BaseVersion(NodeId(request.base.node_id), number)


def position_of(upload: Upload) -> str:
    """The drive's place after the commit; empty before it."""
    return upload.committed.position if upload.committed else ""


def part_message(part: Part) -> pb.Part:
    return pb.Part(number=part.number, sha256=part.sha256, reported=part.etag is not None)


def signed_part_message(part: SignedPart) -> pb.SignedPart:
    return pb.SignedPart(
        number=part.number,
        method=part.method,
        url=part.url,
        headers=part.headers,
        size_bytes=part.size_bytes,
    )


def signed_message(signed: SignedParts) -> pb.SignPartsResponse:
    return pb.SignPartsResponse(
        parts=map(signed_part_message, signed.parts), urls_expire_at_ms=millis(signed.expire_at)
    )


def bundled_files_of(files: Iterable[pb.StartBundleRequest.File]) -> list[BundledFile]:
    """Raises InvalidArgument."""
    return [
        BundledFile(
            target=target_of(file),
            size_bytes=file.size_bytes,
            content_type=file.content_type,
            sha256=file.sha256,
        )
        for file in files
    ]


def target_of(request: pb.StartUploadRequest | pb.StartBundleRequest.File) -> Target:
    """Raises InvalidArgument."""
    return Target(
        NodeId(request.folder_id),
        request.name,
        rule_of(request.conflict) or ConflictRule.FAIL,
        request.if_revision if request.HasField("if_revision") else None,
    )


def bundle_message(bundle: Bundle, signed: SignedParts | None = None) -> pb.BundleResponse:
    urls = {part.number: part for part in signed.parts} if signed else {}
    positions = [
        file.committed.position for file in bundle.files if file.committed and file.committed.position
    ]
    return pb.BundleResponse(
        bundle_id=bundle.id,
        files=[_bundled(file, urls.get(number)) for number, file in enumerate(bundle.files, 1)],
        urls_expire_at_ms=millis(signed.expire_at) if signed else 0,
        position=max(positions, key=lambda it: int(it.rpartition(".")[2]), default=""),
    )


def _bundled(file: BundledFile, url: SignedPart | None) -> pb.BundleResponse.File:
    if url is not None:
        return pb.BundleResponse.File(put=signed_part_message(url))
    if (committed := file.committed) is not None:
        became = pb.BundleResponse.Committed(
            node_id=committed.node_id, name=committed.name, revision=committed.revision
        )
        return pb.BundleResponse.File(committed=became)
    failure = file.failure or _NOT_ARRIVED
    return pb.BundleResponse.File(refused=_refused(failure.kind, failure.code, failure.detail))


def download_message(signed: SignedDownload) -> pb.SignDownloadResponse:
    file = signed.file
    return pb.SignDownloadResponse(
        url=signed.url,
        expires_at_ms=millis(signed.expire_at),
        name=file.name,
        size_bytes=file.size_bytes,
        content_type=file.content_type,
        content_hash=file.content_hash,
        layout=file.layout,
        revision=file.revision,
    )


def download_or_refusal_message(signed: SignedDownload | DomainError) -> pb.SignDownloadsResponse.Result:
    if isinstance(signed, DomainError):
        return pb.SignDownloadsResponse.Result(refused=_refused(signed.kind, signed.code, signed.detail))
    return pb.SignDownloadsResponse.Result(signed=download_message(signed))


def _refused(kind: str, code: str, detail: str) -> pb.BundleResponse.Refused:
    return pb.BundleResponse.Refused(kind=kind, code=code, detail=detail)


def millis(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(milliseconds=1)
