"""Many small files at once, over gRPC."""

from collections.abc import Sequence

from api_gateway.adapters.rpc.translation import REACHES, UPLOAD_CONFLICTS, moment, signed_part_of
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.domain.uploads import Bundle, CommittedFile, NewBundledFile, Reach, SignedPart
from chassis.errors import DomainError
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.errors import refusal_of
from stowage.upload.v1 import upload_pb2 as pb
from stowage.upload.v1.upload_pb2_grpc import UploadServiceStub

_SECONDS = 10.0
# A hundred commits are a few transactions, behind what else waits for the drive.
_COMPLETION_SECONDS = 30.0


class RpcBundles:
    """Implements ports.bundles.Bundles."""

    def __init__(self, uploads: ServiceChannel) -> None:
        self._start = uploads.unary(
            lambda it: UploadServiceStub(it).StartBundle, timeout_seconds=_SECONDS, idempotent=True
        )
        self._complete = uploads.unary(
            lambda it: UploadServiceStub(it).CompleteBundle,
            timeout_seconds=_COMPLETION_SECONDS,
            idempotent=True,
        )
        self._abort = uploads.unary(
            lambda it: UploadServiceStub(it).AbortBundle, timeout_seconds=_SECONDS, idempotent=True
        )

    async def start(
        self, caller: Caller, files: Sequence[NewBundledFile], *, command_id: str, reach: Reach
    ) -> Bundle:
        request = pb.StartBundleRequest(command_id=command_id, files=map(_file, files), reach=REACHES[reach])
        return _bundle(await self._start(request, drive_id=caller.account_id))

    async def complete(self, caller: Caller, bundle_id: str) -> At[Bundle]:
        request = pb.CompleteBundleRequest(bundle_id=bundle_id)
        answer = await self._complete(request, drive_id=caller.account_id)
        return At(_bundle(answer), answer.position)

    async def abort(self, caller: Caller, bundle_id: str) -> At[Bundle]:
        answer = await self._abort(pb.AbortBundleRequest(bundle_id=bundle_id), drive_id=caller.account_id)
        return At(_bundle(answer), answer.position)


def _file(file: NewBundledFile) -> pb.StartBundleRequest.File:
    intent = file.intent
    return pb.StartBundleRequest.File(
        folder_id=intent.folder_id,
        name=intent.name,
        size_bytes=intent.size or 0,
        content_type=intent.content_type,
        conflict=UPLOAD_CONFLICTS[intent.conflict],
        if_revision=intent.if_revision,
        sha256=file.sha256,
    )


def _bundle(answer: pb.BundleResponse) -> Bundle:
    expiry = moment(answer.urls_expire_at_ms) if answer.urls_expire_at_ms else None
    return Bundle(answer.bundle_id, tuple(map(_outcome, answer.files)), expiry)


def _outcome(file: pb.BundleResponse.File) -> SignedPart | CommittedFile | DomainError:
    if file.HasField("put"):
        return signed_part_of(file.put)
    if file.HasField("committed"):
        became = file.committed
        return CommittedFile(became.node_id, became.name, became.revision)
    return refusal_of(file.refused.kind, file.refused.code, file.refused.detail)
