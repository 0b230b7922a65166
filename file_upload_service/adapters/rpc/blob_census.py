"""Asking the metadata service which blobs it knows, over gRPC."""

from collections.abc import Sequence

from chassis.errors import RemoteError, Unavailable
from chassis.rpc.channels import ServiceChannel
from file_upload_service.domain.blob_record import BlobRecord, BlobState
from file_upload_service.domain.ids import BlobId
from file_upload_service.ports.blob_census import LivePage
from stowage.metadata.v1 import blob_census_pb2 as pb
from stowage.metadata.v1 import metadata_pb2
from stowage.metadata.v1.blob_census_pb2_grpc import BlobCensusServiceStub
from stowage.metadata.v1.metadata_pb2_grpc import BlobServiceStub

SECONDS = 20.0
BLOBS_A_CALL = 100
ROWS_A_PAGE = 500
NO_TOKEN = ""
# The drive of a blob of which no row tells: it is abandoned, and never belongs to one.
NO_DRIVE = "fsck"

_STATES = {
    pb.BLOB_STATE_UNKNOWN: BlobState.UNKNOWN,
    pb.BLOB_STATE_LIVE: BlobState.LIVE,
    pb.BLOB_STATE_CONDEMNED: BlobState.CONDEMNED,
    pb.BLOB_STATE_ENDED: BlobState.ENDED,
}


class RpcBlobCensus:
    """Blobs of all drives: any instance answers. A refusal means that the two services do not understand each other:
    whatever it is, nothing may be judged by it."""

    def __init__(self, channel: ServiceChannel) -> None:
        self._look_up = channel.unary(
            lambda it: BlobCensusServiceStub(it).LookUpBlobs, timeout_seconds=SECONDS, idempotent=True
        )
        self._live = channel.unary(
            lambda it: BlobCensusServiceStub(it).ListLiveBlobs, timeout_seconds=SECONDS, idempotent=True
        )
        self._abandon = channel.unary(
            lambda it: BlobServiceStub(it).Abandon, timeout_seconds=SECONDS, idempotent=True
        )

    async def look_up(self, blob_ids: Sequence[BlobId]) -> list[BlobRecord]:
        found: list[BlobRecord] = []
        for first in range(0, len(blob_ids), BLOBS_A_CALL):
            asked = list(blob_ids[first : first + BLOBS_A_CALL])
            try:
                answer = await self._look_up(pb.LookUpBlobsRequest(blob_ids=asked), token=NO_TOKEN)
            except RemoteError as refusal:
                raise Unavailable(f"The metadata service refuses: {refusal.detail}") from refusal
            if [blob.blob_id for blob in answer.blobs] != asked:
                raise Unavailable("The metadata service answers what it was not asked.")
            found += map(_record, answer.blobs)
        return found

    async def live(self, cursor: str | None) -> LivePage:
        request = pb.ListLiveBlobsRequest(limit=ROWS_A_PAGE, cursor=cursor or "")
        try:
            answer = await self._live(request, token=NO_TOKEN)
        except RemoteError as refusal:
            raise Unavailable(f"The metadata service refuses: {refusal.detail}") from refusal
        return LivePage(tuple(map(_record, answer.blobs)), answer.next_cursor or None)

    async def abandon(self, blob_id: BlobId) -> bool:
        request = metadata_pb2.AbandonRequest(drive_id=NO_DRIVE, blob_ids=[blob_id])
        try:
            answer = await self._abandon(request, token=NO_TOKEN)
        except RemoteError as refusal:
            raise Unavailable(f"The metadata service refuses: {refusal.detail}") from refusal
        (result,) = answer.results
        ended: bool = result.outcome == metadata_pb2.AbandonResponse.OUTCOME_ABANDONED
        return ended and result.blob_id == blob_id


def _record(blob: pb.BlobRecord) -> BlobRecord:
    try:
        state = _STATES[blob.state]
    except KeyError:
        raise Unavailable("The metadata service is of another time: bring both up to date.") from None
    return BlobRecord(BlobId(blob.blob_id), state, blob.size_bytes, blob.content_hash)
