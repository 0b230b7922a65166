"""Between messages and what is known of a stream's end."""

from collections.abc import Iterable

from file_upload_service.adapters.rpc.messages import upload_message
from file_upload_service.app.tails import Progress
from file_upload_service.domain.tail import Segment
from stowage.upload.v1 import upload_pb2 as pb


def segment_of(message: pb.Segment) -> Segment:
    return Segment(message.start, message.size_bytes, message.sha256, message.seen)


def tail_message(seen: Progress, urls: Iterable[str]) -> pb.GetTailResponse:
    return pb.GetTailResponse(
        upload=upload_message(seen.upload, seen.offset),
        segments=[
            pb.GetTailResponse.Readable(
                segment=pb.Segment(start=it.start, size_bytes=it.size_bytes, sha256=it.sha256, seen=it.seen),
                url=url,
            )
            for it, url in zip(seen.tail.segments, urls, strict=True)
        ],
    )
