"""Streams over gRPC."""

from api_gateway.adapters.rpc.translation import signed_part_of, upload_of
from api_gateway.domain.identity import Caller
from api_gateway.domain.streams import ReadableSegment, Segment, StreamTail
from api_gateway.domain.uploads import SignedPart
from chassis.rpc.channels import ServiceChannel
from stowage.upload.v1 import upload_pb2 as pb
from stowage.upload.v1.upload_pb2_grpc import UploadServiceStub

_SECONDS = 10.0
# It waits for storage, which may sync a whole disk.
_APPEND_SECONDS = 30.0


class RpcStreams:
    """Implements ports.streams.Streams."""

    def __init__(self, uploads: ServiceChannel) -> None:
        self._tail = uploads.unary(
            lambda it: UploadServiceStub(it).GetTail, timeout_seconds=_SECONDS, idempotent=True
        )
        self._sign = uploads.unary(
            lambda it: UploadServiceStub(it).SignSegment, timeout_seconds=_SECONDS, idempotent=True
        )
        self._append = uploads.unary(
            lambda it: UploadServiceStub(it).AppendTail, timeout_seconds=_APPEND_SECONDS, idempotent=True
        )

    async def tail(self, caller: Caller, upload_id: str) -> StreamTail:
        request = pb.GetTailRequest(upload_id=upload_id, reach=pb.REACH_INTERNAL)
        answer = await self._tail(request, drive_id=caller.account_id)
        segments = tuple(ReadableSegment(_segment(each.segment), each.url) for each in answer.segments)
        return StreamTail(upload_of(answer.upload), answer.upload.offset, segments)

    async def sign_segment(self, caller: Caller, upload_id: str, segment: Segment) -> SignedPart:
        request = pb.SignSegmentRequest(
            upload_id=upload_id, segment=_message(segment), reach=pb.REACH_INTERNAL
        )
        (part,) = (await self._sign(request, drive_id=caller.account_id)).parts
        return signed_part_of(part)

    async def append(self, caller: Caller, upload_id: str, segment: Segment) -> int:
        request = pb.AppendTailRequest(upload_id=upload_id, segment=_message(segment))
        return int((await self._append(request, drive_id=caller.account_id)).offset)


def _message(segment: Segment) -> pb.Segment:
    return pb.Segment(start=segment.start, size_bytes=segment.size, sha256=segment.sha256, seen=segment.seen)


def _segment(message: pb.Segment) -> Segment:
    return Segment(message.start, message.size_bytes, message.sha256, message.seen)
