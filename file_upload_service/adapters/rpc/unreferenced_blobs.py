"""Asking the metadata service which blobs may go, over gRPC."""

from collections.abc import Sequence
from datetime import UTC, datetime

from chassis.errors import Unavailable
from chassis.rpc.channels import ServiceChannel
from file_upload_service.domain.ids import BlobId
from file_upload_service.ports.unreferenced_blobs import UnreferencedBlob, UnreferencedPage
from stowage.metadata.v1 import metadata_pb2 as pb
from stowage.metadata.v1.metadata_pb2_grpc import BlobServiceStub

SECONDS = 20.0
BLOBS_A_PAGE = 100
NO_TOKEN = ""
MS_A_SECOND = 1000


class RpcUnreferencedBlobs:
    """Blobs of all drives: any instance answers."""

    def __init__(self, channel: ServiceChannel) -> None:
        self._list = channel.unary(
            lambda it: BlobServiceStub(it).ListUnreferenced, timeout_seconds=SECONDS, idempotent=True
        )
        self._condemn = channel.unary(
            lambda it: BlobServiceStub(it).Condemn, timeout_seconds=SECONDS, idempotent=True
        )
        self._confirm_deleted = channel.unary(
            lambda it: BlobServiceStub(it).ConfirmDeleted, timeout_seconds=SECONDS, idempotent=True
        )

    async def list(self, cursor: str | None) -> UnreferencedPage:
        request = pb.ListUnreferencedRequest(limit=BLOBS_A_PAGE, cursor=cursor or "")
        answer = await self._list(request, token=NO_TOKEN)
        return UnreferencedPage(tuple(map(_unreferenced, answer.blobs)), answer.next_cursor or None)

    async def condemn(self, blob_ids: Sequence[BlobId]) -> Sequence[BlobId]:
        answer = await self._condemn(pb.CondemnRequest(blob_ids=blob_ids), token=NO_TOKEN)
        asked = set(blob_ids)
        if not asked.issuperset(answer.blob_ids):
            raise Unavailable("The metadata service condemned what it was not asked about.")
        return [BlobId(blob_id) for blob_id in answer.blob_ids]

    async def confirm_deleted(self, blob_ids: Sequence[BlobId]) -> None:
        await self._confirm_deleted(pb.ConfirmDeletedRequest(blob_ids=blob_ids), token=NO_TOKEN)


def _unreferenced(blob: pb.ListUnreferencedResponse.Blob) -> UnreferencedBlob:
    since = datetime.fromtimestamp(blob.unreferenced_since_ms / MS_A_SECOND, UTC)
    return UnreferencedBlob(BlobId(blob.blob_id), blob.size_bytes, since)
