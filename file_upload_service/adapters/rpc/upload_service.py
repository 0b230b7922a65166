"""UploadService: from messages to use cases and back. What these raise is translated by the server."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import grpc
from grpc.aio import ServicerContext

from chassis import rpc
from file_upload_service.adapters.rpc import messages, stream_messages
from file_upload_service.app.abort_upload import AbortUpload
from file_upload_service.app.complete_bundle import CompleteBundle
from file_upload_service.app.complete_upload import CompleteUpload
from file_upload_service.app.end_bundle import AbortBundle
from file_upload_service.app.get_upload import GetUpload, ListUploads
from file_upload_service.app.redirect import Redirect
from file_upload_service.app.report_parts import ReportParts
from file_upload_service.app.sign_download import SignDownload
from file_upload_service.app.sign_parts import SignParts
from file_upload_service.app.start_bundle import StartBundle
from file_upload_service.app.start_upload import NewUpload, StartUpload
from file_upload_service.app.tails import AppendTail, FollowStream, GetTail, SignSegment
from file_upload_service.app.use_known import UseKnown
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.ids import AccountId, NodeId
from stowage.upload.v1 import upload_pb2 as pb
from stowage.upload.v1.upload_pb2_grpc import UploadServiceServicer, add_UploadServiceServicer_to_server

Context: TypeAlias = "ServicerContext[Any, Any]"


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything that can be asked of this service."""

    start_upload: StartUpload
    use_known: UseKnown
    sign_parts: SignParts
    report_parts: ReportParts
    follow_stream: FollowStream
    get_tail: GetTail
    sign_segment: SignSegment
    append_tail: AppendTail
    complete_upload: CompleteUpload
    abort_upload: AbortUpload
    get_upload: GetUpload
    list_uploads: ListUploads
    start_bundle: StartBundle
    complete_bundle: CompleteBundle
    abort_bundle: AbortBundle
    sign_download: SignDownload


def _caller() -> Caller:
    return Caller(AccountId(rpc.identity().account_id), rpc.bearer())


class UploadRpc(UploadServiceServicer):
    def __init__(self, use_cases: UseCases) -> None:
        self._use = use_cases

    def register(self, server: grpc.aio.Server) -> None:
        add_UploadServiceServicer_to_server(self, server)

    async def StartUpload(self, request: pb.StartUploadRequest, context: Context) -> pb.StartUploadResponse:
        target = messages.target_of(request)
        size_bytes = None if request.length_unknown else request.size_bytes
        new = NewUpload(request.command_id, target, size_bytes, request.content_type, request.content_hash)
        claims = messages.claims_of(request.parts)
        upload, signed = await self._use.start_upload(
            _caller(), new, claims, messages.reach_of(request.reach)
        )
        answer = pb.StartUploadResponse(
            upload=messages.upload_message(upload), position=messages.position_of(upload)
        )
        if signed is not None:
            answer.parts.extend(map(messages.signed_part_message, signed.parts))
            answer.urls_expire_at_ms = messages.millis(signed.expire_at)
        return answer

    async def UseKnown(self, request: pb.UseKnownRequest, context: Context) -> pb.UseKnownResponse:
        upload_id = messages.upload_id_of(request.upload_id)
        copied = await self._use.use_known(
            _caller(),
            upload_id,
            request.content_hash,
            messages.claims_of(request.parts),
            messages.base_of(request),
        )
        return pb.UseKnownResponse(
            upload=messages.upload_message(copied.upload),
            position=messages.position_of(copied.upload),
            parts=map(messages.part_message, copied.parts),
            more=copied.more,
        )

    async def SignParts(self, request: pb.SignPartsRequest, context: Context) -> pb.SignPartsResponse:
        signed = await self._use.sign_parts(
            _caller(),
            messages.upload_id_of(request.upload_id),
            messages.claims_of(request.parts),
            messages.reach_of(request.reach),
            size_bytes=request.size_bytes if request.HasField("size_bytes") else None,
            offset=request.offset if request.HasField("offset") else None,
        )
        return messages.signed_message(signed)

    async def ReportParts(self, request: pb.ReportPartsRequest, context: Context) -> pb.ReportPartsResponse:
        upload_id = messages.upload_id_of(request.upload_id)
        reports = messages.reports_of(request.parts)
        offset = request.offset if request.HasField("offset") else None
        await self._use.report_parts(
            _caller().account_id, upload_id, reports, durable=request.durable, offset=offset
        )
        return pb.ReportPartsResponse()

    async def GetTail(self, request: pb.GetTailRequest, context: Context) -> pb.GetTailResponse:
        upload_id, reach = messages.upload_id_of(request.upload_id), messages.reach_of(request.reach)
        return stream_messages.tail_message(*await self._use.get_tail(_caller().account_id, upload_id, reach))

    async def SignSegment(self, request: pb.SignSegmentRequest, context: Context) -> pb.SignPartsResponse:
        upload_id, reach = messages.upload_id_of(request.upload_id), messages.reach_of(request.reach)
        segment = stream_messages.segment_of(request.segment)
        return messages.signed_message(await self._use.sign_segment(_caller(), upload_id, segment, reach))

    async def AppendTail(self, request: pb.AppendTailRequest, context: Context) -> pb.AppendTailResponse:
        upload_id, segment = (
            messages.upload_id_of(request.upload_id),
            stream_messages.segment_of(request.segment),
        )
        return pb.AppendTailResponse(
            offset=await self._use.append_tail(_caller().account_id, upload_id, segment)
        )

    async def CompleteUpload(
        self, request: pb.CompleteUploadRequest, context: Context
    ) -> pb.CompleteUploadResponse:
        redirect = Redirect(
            folder_id=NodeId(request.folder_id) if request.HasField("folder_id") else None,
            name=request.name if request.HasField("name") else None,
            conflict=messages.rule_of(request.conflict),
            if_revision=request.if_revision if request.HasField("if_revision") else None,
        )
        upload = await self._use.complete_upload(
            _caller().account_id,
            messages.upload_id_of(request.upload_id),
            messages.reports_of(request.parts),
            redirect,
            size_bytes=request.size_bytes if request.HasField("size_bytes") else None,
        )
        return pb.CompleteUploadResponse(
            upload=messages.upload_message(upload), position=messages.position_of(upload)
        )

    async def AbortUpload(self, request: pb.AbortUploadRequest, context: Context) -> pb.AbortUploadResponse:
        upload_id = messages.upload_id_of(request.upload_id)
        upload = await self._use.abort_upload(_caller().account_id, upload_id)
        return pb.AbortUploadResponse(upload=messages.upload_message(upload))

    async def GetUpload(self, request: pb.GetUploadRequest, context: Context) -> pb.GetUploadResponse:
        account_id, upload_id = _caller().account_id, messages.upload_id_of(request.upload_id)
        upload = None if request.with_parts else await self._use.get_upload(account_id, upload_id)
        if upload is not None and not upload.plan.is_stream:
            return pb.GetUploadResponse(upload=messages.upload_message(upload))
        seen = await self._use.follow_stream(account_id, upload_id)
        return pb.GetUploadResponse(
            upload=messages.upload_message(seen.upload, seen.offset if seen.upload.plan.is_stream else None),
            parts=map(messages.part_message, seen.parts) if request.with_parts else (),
        )

    async def ListUploads(self, request: pb.ListUploadsRequest, context: Context) -> pb.ListUploadsResponse:
        page = await self._use.list_uploads(
            _caller().account_id, limit=request.limit, cursor=request.cursor or None
        )
        return pb.ListUploadsResponse(
            items=map(messages.upload_message, page.items), next_cursor=page.next_cursor or ""
        )

    async def StartBundle(self, request: pb.StartBundleRequest, context: Context) -> pb.BundleResponse:
        files, reach = messages.bundled_files_of(request.files), messages.reach_of(request.reach)
        bundle, signed = await self._use.start_bundle(_caller(), request.command_id, files, reach)
        return messages.bundle_message(bundle, signed)

    async def CompleteBundle(self, request: pb.CompleteBundleRequest, context: Context) -> pb.BundleResponse:
        bundle_id = messages.bundle_id_of(request.bundle_id)
        return messages.bundle_message(await self._use.complete_bundle(_caller().account_id, bundle_id))

    async def AbortBundle(self, request: pb.AbortBundleRequest, context: Context) -> pb.BundleResponse:
        bundle_id = messages.bundle_id_of(request.bundle_id)
        return messages.bundle_message(await self._use.abort_bundle(_caller().account_id, bundle_id))

    async def SignDownload(
        self, request: pb.SignDownloadRequest, context: Context
    ) -> pb.SignDownloadResponse:
        version = request.version if request.HasField("version") else None
        signed = await self._use.sign_download(
            _caller(), NodeId(request.node_id), version, messages.reach_of(request.reach)
        )
        return messages.download_message(signed)

    async def SignDownloads(
        self, request: pb.SignDownloadsRequest, context: Context
    ) -> pb.SignDownloadsResponse:
        wanted = [
            (NodeId(it.node_id), it.version if it.HasField("version") else None) for it in request.files
        ]
        signed = await self._use.sign_download.many(_caller(), wanted, messages.reach_of(request.reach))
        return pb.SignDownloadsResponse(results=map(messages.download_or_refusal_message, signed))
