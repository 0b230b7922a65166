"""The metadata service, over gRPC."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chassis.errors import DomainError, RemoteError, Unavailable
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.errors import refusal_of
from file_upload_service.domain.bundle import Bundle
from file_upload_service.domain.caller import Caller
from file_upload_service.domain.content import content_hash
from file_upload_service.domain.ids import AccountId, BlobId, DriveId, NodeId, actor_of
from file_upload_service.domain.known import BaseVersion, KnownParts
from file_upload_service.domain.layout import Plan
from file_upload_service.domain.outcome import Committed
from file_upload_service.domain.target import ConflictRule, Target
from file_upload_service.domain.transfer import ReadableFile
from file_upload_service.domain.upload import Upload
from file_upload_service.ports.metadata import AbandonOutcome, Place, Wanted
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
_DECIDED = (pb.AbandonResponse.OUTCOME_ABANDONED, pb.AbandonResponse.OUTCOME_COMMITTED)


class RpcMetadata:
    """Everything goes to the instance that serves the drive: the one that is known, else the caller's own.

    Every call may be repeated: a commit is known by its blob.
    """

    def __init__(self, channel: ServiceChannel) -> None:
        self._check_upload = channel.unary(
            lambda it: BlobServiceStub(it).CheckUpload, timeout_seconds=CHECK_SECONDS, idempotent=True
        )
        self._find_known = channel.unary(
            lambda it: BlobServiceStub(it).FindKnown, timeout_seconds=CHECK_SECONDS, idempotent=True
        )
        self._commit = channel.unary(
            lambda it: BlobServiceStub(it).Commit, timeout_seconds=DECIDE_SECONDS, idempotent=True
        )
        self._commit_many = channel.unary(
            lambda it: BlobServiceStub(it).CommitMany, timeout_seconds=DECIDE_SECONDS, idempotent=True
        )
        self._abandon = channel.unary(
            lambda it: BlobServiceStub(it).Abandon, timeout_seconds=DECIDE_SECONDS, idempotent=True
        )
        self._check_download = channel.unary(
            lambda it: BlobServiceStub(it).CheckDownload, timeout_seconds=CHECK_SECONDS, idempotent=True
        )
        self._check_downloads = channel.unary(
            lambda it: BlobServiceStub(it).CheckDownloads, timeout_seconds=CHECK_SECONDS, idempotent=True
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

    async def find_known(
        self, caller: Caller, drive_id: DriveId, plan: Plan, content_hash: str
    ) -> BlobId | None:
        request = pb.FindKnownRequest(
            drive_id=drive_id, size_bytes=plan.size_bytes, layout=plan.layout, content_hash=content_hash
        )
        answer = await self._find_known(request, token=caller.token, drive_id=drive_id)
        return BlobId(answer.whole_blob_id) if answer.whole_blob_id else None

    async def find_base(self, caller: Caller, upload: Upload, base: BaseVersion | None) -> KnownParts | None:
        plan, target = upload.plan, upload.target
        request = pb.FindKnownRequest(
            drive_id=upload.drive_id, size_bytes=plan.size_bytes, layout=plan.layout
        )
        if base is not None:
            request.version.CopyFrom(pb.FindKnownRequest.Version(node_id=base.node_id, number=base.number))
        elif target.conflict is ConflictRule.REPLACE:
            place = pb.FindKnownRequest.Place(folder_id=target.folder_id, name=target.name)
            request.place.CopyFrom(place)
        else:
            return None
        answer = await self._find_known(request, token=caller.token, drive_id=upload.drive_id)
        if not answer.HasField("base"):
            return None
        return KnownParts(BlobId(answer.base.blob_id), answer.base.size_bytes, tuple(answer.base.part_sha256))

    async def commit(self, upload: Upload, part_hashes: Sequence[bytes]) -> Committed:
        request = _commit_request(
            upload.blob_id,
            upload.drive_id,
            upload.account_id,
            upload.target,
            upload.plan,
            upload.content_type,
            part_hashes,
        )
        if upload.known is not None:
            request.known_blob_id, request.content_hash = upload.known.blob_id, upload.known.content_hash
            del request.part_sha256[:]
        return _committed(await self._commit(request, token=NO_TOKEN, drive_id=upload.drive_id))

    async def commit_many(
        self, bundle: Bundle, numbers: Sequence[int]
    ) -> Mapping[int, Committed | DomainError]:
        requests = [
            _commit_request(
                bundle.blob_id(number),
                bundle.drive_id,
                bundle.account_id,
                file.target,
                file.plan,
                file.content_type,
                [file.sha256],
            )
            for number in numbers
            for file in [bundle.file(number)]
        ]
        answer = await self._commit_many(
            pb.CommitManyRequest(commits=requests), token=NO_TOKEN, drive_id=bundle.drive_id
        )
        if len(answer.results) != len(numbers):
            raise Unavailable("The metadata service did not answer for all.")
        return dict(zip(numbers, map(_outcome, answer.results), strict=True))

    async def abandon(self, upload: Upload) -> AbandonOutcome:
        became = await self._abandoned(upload.drive_id, [upload.blob_id])
        return AbandonOutcome(became=became.get(upload.blob_id))

    async def abandon_many(self, bundle: Bundle, numbers: Sequence[int]) -> Mapping[int, NodeId]:
        became = await self._abandoned(bundle.drive_id, [bundle.blob_id(number) for number in numbers])
        return {
            number: became[bundle.blob_id(number)] for number in numbers if bundle.blob_id(number) in became
        }

    async def _abandoned(self, drive_id: DriveId, blob_ids: Sequence[BlobId]) -> Mapping[BlobId, NodeId]:
        """What those that had been committed before became; the others are abandoned. Raises Unavailable."""
        request = pb.AbandonRequest(drive_id=drive_id, blob_ids=blob_ids)
        try:
            answer = await self._abandon(request, token=NO_TOKEN, drive_id=drive_id)
        except RemoteError as refusal:
            # There is nothing to refuse here: whatever it is, nothing may be destroyed before it has passed.
            raise Unavailable("The metadata service is not well.") from refusal
        outcomes = {result.blob_id: result for result in answer.results}
        if not all(blob_id in outcomes and outcomes[blob_id].outcome in _DECIDED for blob_id in blob_ids):
            raise Unavailable("The metadata service did not decide.")
        return {
            blob_id: NodeId(outcomes[blob_id].node_id)
            for blob_id in blob_ids
            if outcomes[blob_id].outcome == pb.AbandonResponse.OUTCOME_COMMITTED
        }

    async def check_download(self, caller: Caller, node_id: NodeId, version: int | None) -> ReadableFile:
        request = pb.CheckDownloadRequest(node_id=node_id, version=version)
        return _readable(await self._check_download(request, token=caller.token, drive_id=caller.account_id))

    async def check_downloads(
        self, caller: Caller, wanted: Sequence[Wanted]
    ) -> Sequence[ReadableFile | DomainError]:
        request = pb.CheckDownloadsRequest(
            files=[pb.CheckDownloadRequest(node_id=node_id, version=version) for node_id, version in wanted]
        )
        answer = await self._check_downloads(request, token=caller.token, drive_id=caller.account_id)
        if len(answer.results) != len(wanted):
            raise Unavailable("The metadata service did not answer for all.")
        return [
            _readable(it.file)
            if it.HasField("file")
            else refusal_of(it.refusal.kind, it.refusal.code, it.refusal.detail)
            for it in answer.results
        ]


def _readable(answer: pb.CheckDownloadResponse) -> ReadableFile:
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


def _commit_request(
    blob_id: BlobId,
    drive_id: DriveId,
    account_id: AccountId,
    target: Target,
    plan: Plan,
    content_type: str,
    part_hashes: Sequence[bytes],
) -> pb.CommitRequest:
    return pb.CommitRequest(
        blob_id=blob_id,
        drive_id=drive_id,
        actor=actor_of(account_id),
        folder_id=target.folder_id,
        name=target.name,
        conflict=_RULES[target.conflict],
        if_revision=target.if_revision,
        size_bytes=plan.size_bytes,
        content_type=content_type,
        content_hash=content_hash(part_hashes),
        layout=plan.layout,
        part_sha256=part_hashes,
    )


def _committed(answer: pb.CommitResponse) -> Committed:
    node, place = answer.node, answer.position
    position = f"{place.drive_id}.{place.journal_id}.{place.seq}"
    return Committed(NodeId(node.id), node.name, node.revision, position, BlobId(answer.blob_id) or None)


def _outcome(result: pb.CommitManyResponse.Result) -> Committed | DomainError:
    if result.HasField("committed"):
        # Its bytes are its own: a hundred times that would be a tenth of the bundle's row.
        return replace(_committed(result.committed), blob_id=None)
    refusal = result.refusal
    return refusal_of(refusal.kind, refusal.code, refusal.detail)
