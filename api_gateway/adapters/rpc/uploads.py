"""Uploads and signed URLs over gRPC."""

from collections.abc import Sequence

from api_gateway.adapters.rpc.translation import (
    REACHES,
    UPLOAD_CONFLICTS,
    download_of,
    moment,
    part_of,
    signed_parts_of,
    upload_of,
)
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import (
    Destination,
    Download,
    KnownContent,
    KnownUpload,
    PartClaim,
    PartReport,
    Reach,
    SignedParts,
    StartedUpload,
    Upload,
    UploadIntent,
    UploadPage,
    UploadWithParts,
)
from api_gateway.ports.downloads import Wanted
from chassis.errors import DomainError, Unavailable
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.errors import refusal_of
from stowage.upload.v1 import upload_pb2 as pb
from stowage.upload.v1.upload_pb2_grpc import UploadServiceStub

_SECONDS = 10.0
# Storage assembles the parts, or a file is made of known bytes, within this call if it is quick; the service answers
# before it takes this long.
_COMPLETION_SECONDS = 30.0


class RpcUploads:
    """Implements ports.uploads.Uploads, ports.parts.Parts and ports.downloads.Downloads."""

    def __init__(self, uploads: ServiceChannel) -> None:
        self._start = uploads.unary(
            lambda it: UploadServiceStub(it).StartUpload,
            timeout_seconds=_COMPLETION_SECONDS,
            idempotent=True,
        )
        self._use_known = uploads.unary(
            lambda it: UploadServiceStub(it).UseKnown,
            timeout_seconds=_COMPLETION_SECONDS,
            idempotent=True,
        )
        self._sign = uploads.unary(
            lambda it: UploadServiceStub(it).SignParts, timeout_seconds=_SECONDS, idempotent=True
        )
        self._report = uploads.unary(
            lambda it: UploadServiceStub(it).ReportParts, timeout_seconds=_SECONDS, idempotent=True
        )
        self._complete = uploads.unary(
            lambda it: UploadServiceStub(it).CompleteUpload,
            timeout_seconds=_COMPLETION_SECONDS,
            idempotent=True,
        )
        self._abort = uploads.unary(
            lambda it: UploadServiceStub(it).AbortUpload, timeout_seconds=_SECONDS, idempotent=True
        )
        self._get = uploads.unary(
            lambda it: UploadServiceStub(it).GetUpload, timeout_seconds=_SECONDS, idempotent=True
        )
        self._list = uploads.unary(
            lambda it: UploadServiceStub(it).ListUploads, timeout_seconds=_SECONDS, idempotent=True
        )
        self._sign_download = uploads.unary(
            lambda it: UploadServiceStub(it).SignDownload, timeout_seconds=_SECONDS, idempotent=True
        )
        self._sign_downloads = uploads.unary(
            lambda it: UploadServiceStub(it).SignDownloads, timeout_seconds=_SECONDS, idempotent=True
        )

    async def start(
        self, caller: Caller, intent: UploadIntent, *, command_id: str, parts: Sequence[PartClaim]
    ) -> At[StartedUpload]:
        request = pb.StartUploadRequest(
            command_id=command_id,
            folder_id=intent.folder_id,
            name=intent.name,
            size_bytes=intent.size or 0,
            length_unknown=intent.size is None,
            content_type=intent.content_type,
            conflict=UPLOAD_CONFLICTS[intent.conflict],
            if_revision=intent.if_revision,
            parts=_claims(parts),
            reach=pb.REACH_PUBLIC,
            content_hash=intent.content_hash,
        )
        answer = await self._start(request, drive_id=caller.account_id)
        expiry = moment(answer.urls_expire_at_ms) if answer.urls_expire_at_ms else None
        started = StartedUpload(upload_of(answer.upload), signed_parts_of(answer.parts), expiry)
        return At(started, answer.position)

    async def use_known(self, caller: Caller, upload_id: str, known: KnownContent) -> At[KnownUpload]:
        base = known.base
        request = pb.UseKnownRequest(
            upload_id=upload_id,
            content_hash=known.content_hash,
            parts=_claims(known.parts),
            base=pb.UseKnownRequest.Base(node_id=base.file_id, version=base.version) if base else None,
        )
        answer = await self._use_known(request, drive_id=caller.account_id)
        parts = tuple(map(part_of, answer.parts))
        return At(KnownUpload(upload_of(answer.upload), parts, answer.more), answer.position)

    async def sign(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartClaim],
        reach: Reach,
        *,
        size: int | None = None,
        offset: int | None = None,
    ) -> SignedParts:
        request = pb.SignPartsRequest(
            upload_id=upload_id, parts=_claims(parts), reach=REACHES[reach], size_bytes=size, offset=offset
        )
        answer = await self._sign(request, drive_id=caller.account_id)
        return SignedParts(signed_parts_of(answer.parts), moment(answer.urls_expire_at_ms))

    async def report(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartReport],
        *,
        durable: bool = False,
        offset: int | None = None,
    ) -> None:
        request = pb.ReportPartsRequest(
            upload_id=upload_id, parts=_reports(parts), durable=durable, offset=offset
        )
        await self._report(request, drive_id=caller.account_id)

    async def complete(
        self,
        caller: Caller,
        upload_id: str,
        parts: Sequence[PartReport],
        destination: Destination,
        *,
        size: int | None = None,
    ) -> At[Upload]:
        request = pb.CompleteUploadRequest(
            upload_id=upload_id,
            parts=_reports(parts),
            folder_id=destination.folder_id,
            name=destination.name,
            if_revision=destination.if_revision,
            size_bytes=size,
        )
        if destination.conflict is not None:
            request.conflict = UPLOAD_CONFLICTS[destination.conflict]
        answer = await self._complete(request, drive_id=caller.account_id)
        return At(upload_of(answer.upload), answer.position)

    async def abort(self, caller: Caller, upload_id: str) -> Upload:
        request = pb.AbortUploadRequest(upload_id=upload_id)
        return upload_of((await self._abort(request, drive_id=caller.account_id)).upload)

    async def get(self, caller: Caller, upload_id: str, *, with_parts: bool) -> UploadWithParts:
        request = pb.GetUploadRequest(upload_id=upload_id, with_parts=with_parts)
        answer = await self._get(request, drive_id=caller.account_id)
        return UploadWithParts(
            upload_of(answer.upload), tuple(map(part_of, answer.parts)) if with_parts else None
        )

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> UploadPage:
        request = pb.ListUploadsRequest(limit=limit, cursor=cursor)
        answer = await self._list(request, drive_id=caller.account_id)
        return UploadPage(tuple(map(upload_of, answer.items)), answer.next_cursor or None)

    async def sign_download(
        self, caller: Caller, node_id: str, reach: Reach, *, version: int | None
    ) -> Download:
        request = pb.SignDownloadRequest(node_id=node_id, reach=REACHES[reach], version=version)
        return download_of(await self._sign_download(request, drive_id=caller.account_id))

    async def sign_downloads(
        self, caller: Caller, wanted: Sequence[Wanted], reach: Reach
    ) -> Sequence[Download | DomainError]:
        files = [pb.SignDownloadsRequest.File(node_id=id_, version=version) for id_, version in wanted]
        request = pb.SignDownloadsRequest(files=files, reach=REACHES[reach])
        answer = await self._sign_downloads(request, drive_id=caller.account_id)
        if len(answer.results) != len(wanted):
            raise Unavailable("The upload service did not answer for all.")
        return [
            download_of(it.signed)
            if it.HasField("signed")
            else refusal_of(it.refused.kind, it.refused.code, it.refused.detail)
            for it in answer.results
        ]


def _claims(parts: Sequence[PartClaim]) -> list[pb.PartClaim]:
    return [pb.PartClaim(number=each.number, sha256=each.sha256) for each in parts]


def _reports(parts: Sequence[PartReport]) -> list[pb.PartReport]:
    return [pb.PartReport(number=each.number, etag=each.etag) for each in parts]
