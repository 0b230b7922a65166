"""BlobCensusService: what the upload service's fsck asks."""

from typing import Any, TypeAlias

from grpc.aio import ServicerContext

from file_metadata_service.adapters.rpc.messages import blob_id
from file_metadata_service.app.take_blob_census import TakeBlobCensus
from file_metadata_service.domain.blobs import Blob, BlobState
from file_metadata_service.domain.ids import BlobId
from stowage.metadata.v1 import blob_census_pb2 as pb
from stowage.metadata.v1.blob_census_pb2_grpc import BlobCensusServiceServicer

Context: TypeAlias = "ServicerContext[Any, Any]"

_STATES = {
    BlobState.LIVE: pb.BLOB_STATE_LIVE,
    BlobState.CONDEMNED: pb.BLOB_STATE_CONDEMNED,
    BlobState.ABANDONED: pb.BLOB_STATE_ENDED,
    BlobState.ALIAS: pb.BLOB_STATE_ENDED,
    BlobState.GONE: pb.BLOB_STATE_ENDED,
}


class BlobCensusRpc(BlobCensusServiceServicer):
    """From messages to the use case and back; whatever it raises is translated by the server."""

    def __init__(self, take_census: TakeBlobCensus) -> None:
        self._take_census = take_census

    async def LookUpBlobs(self, request: pb.LookUpBlobsRequest, context: Context) -> pb.LookUpBlobsResponse:
        ids = [blob_id(text) for text in request.blob_ids]
        rows = await self._take_census.look_up(ids)
        return pb.LookUpBlobsResponse(blobs=map(_record, ids, rows))

    async def ListLiveBlobs(
        self, request: pb.ListLiveBlobsRequest, context: Context
    ) -> pb.ListLiveBlobsResponse:
        page = await self._take_census.live(request.limit, request.cursor or None)
        return pb.ListLiveBlobsResponse(
            blobs=[_record(blob.id, blob) for blob in page.items], next_cursor=page.next_start or ""
        )


def _record(asked: BlobId, blob: Blob | None) -> pb.BlobRecord:
    if blob is None:
        return pb.BlobRecord(blob_id=asked, state=pb.BLOB_STATE_UNKNOWN)
    return pb.BlobRecord(
        blob_id=asked,
        state=_STATES[blob.state],
        size_bytes=blob.size_bytes,
        content_hash=blob.content_hash,
    )
