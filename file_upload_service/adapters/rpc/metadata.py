"""The metadata service, over gRPC."""

from collections.abc import Sequence

from chassis.errors import RemoteError, Unavailable
from chassis.rpc.channels import ServiceChannel
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import content_hash
from file_upload_service.domain.ids import BlobId, DriveId, NodeId, actor_of
from file_upload_service.domain.outcome import Committed
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import ReadableFile
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.metadata import AbandonOutcome, Place
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.metadata.v1.metadata_pb2_grpc import BlobServiceStub

CHECK_SECONDS = 5.0
DECIDE_SECONDS = 10.0
NO_TOKEN = ""

_RULES = {
    ConflictRule.FAIL: pb.CONFLICT_RULE_FAIL,
    ConflictRule.RENAME: pb.CONFLICT_RULE_RENAME,
    ConflictRule.REPLACE: pb.CONFLICT_RULE_REPLACE,
}


class RpcMetadata:
    """Everything goes to the instance that serves the drive: the one that is known, else the caller's own.

    Every call may be repeated: a commit is known by its blob.
    """

    def __init__(self, channel: ServiceChannel) -> None:
        self._check_upload = channel.unary(
            lambda it: BlobServiceStub(it).CheckUpload, timeout_seconds=CHECK_SECONDS, idempotent=True
        )
        self._commit = channel.unary(
            lambda it: BlobServiceStub(it).Commit, timeout_seconds=DECIDE_SECONDS, idempotent=True
        )
        self._abandon = channel.unary(
            lambda it: BlobServiceStub(it).Abandon, timeout_seconds=DECIDE_SECONDS, idempotent=True
        )
        self._check_download = channel.unary(
            lambda it: BlobServiceStub(it).CheckDownload, timeout_seconds=CHECK_SECONDS, idempotent=True
        )

    async def check_upload(self, caller: Caller, target: Target, size_bytes: int) -> Place:
        request = pb.CheckUploadRequest(
            folder_id=target.folder_id,
            name=target.name,
            size_bytes=size_bytes,
            conflict=_RULES[target.conflict],
            if_revision=target.if_revision,
        )
        answer = await self._check_upload(request, token=caller.token, drive_id=caller.account_id)
        return Place(DriveId(answer.drive_id), NodeId(answer.folder_id))

    async def commit(self, upload: Upload, part_hashes: Sequence[bytes]) -> Committed:
        target = upload.target
        request = pb.CommitRequest(
            blob_id=upload.blob_id,
            drive_id=upload.drive_id,
            actor=actor_of(upload.account_id),
            folder_id=target.folder_id,
            name=target.name,
            conflict=_RULES[target.conflict],
            if_revision=target.if_revision,
            size_bytes=upload.plan.size_bytes,
            content_type=upload.content_type,
            content_hash=content_hash(part_hashes),
            layout=upload.plan.layout,
            part_sha256=part_hashes,
        )
        answer = await self._commit(request, token=NO_TOKEN, drive_id=upload.drive_id)
        node, place = answer.node, answer.position
        position = f"{place.drive_id}.{place.journal_id}.{place.seq}"
        return Committed(NodeId(node.id), node.name, node.revision, position)

    async def abandon(self, upload: Upload) -> AbandonOutcome:
        request = pb.AbandonRequest(drive_id=upload.drive_id, blob_ids=[upload.blob_id])
        try:
            answer = await self._abandon(request, token=NO_TOKEN, drive_id=upload.drive_id)
        except RemoteError as refusal:
            # There is nothing to refuse here: whatever it is, nothing may be destroyed before it has passed.
            raise Unavailable("The metadata service is not well.") from refusal
        for result in answer.results:
            if result.blob_id != upload.blob_id:
                continue
            if result.outcome == pb.AbandonResponse.OUTCOME_ABANDONED:
                return AbandonOutcome(became=None)
            if result.outcome == pb.AbandonResponse.OUTCOME_COMMITTED:
                return AbandonOutcome(became=NodeId(result.node_id))
        raise Unavailable("The metadata service did not decide.")

    async def check_download(self, caller: Caller, node_id: NodeId, version: int | None) -> ReadableFile:
        request = pb.CheckDownloadRequest(node_id=node_id, version=version)
        answer = await self._check_download(request, token=caller.token, drive_id=caller.account_id)
        node, content = answer.node, answer.node.content
        return ReadableFile(
            blob_id=BlobId(answer.blob_id),
            node_id=NodeId(node.id),
            name=node.name,
            size_bytes=content.size_bytes,
            content_type=content.content_type,
            content_hash=content.content_hash,
            layout=content.layout,
            revision=node.revision,
        )
