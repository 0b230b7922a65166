"""Files whose length nobody knows when they begin, over the wire and on the real engines."""

import hashlib
import secrets

import httpx
import pytest

from chassis.errors import Kind
from file_upload_service.domain.content import content_hash
from stowage.metadata.v1 import metadata_pb2 as meta
from stowage.upload.v1 import upload_pb2 as pb
from tests.integration.file_upload_service.rig import Client, Rig
from tests.integration.file_upload_service.steps import MIB, Refused, put


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


async def begun(person: Client) -> str:
    request = pb.StartUploadRequest(
        command_id=secrets.token_hex(8), folder_id="root", name="stream.bin", length_unknown=True
    )
    upload = (await person.start(request)).upload
    assert (upload.layout, upload.length_unknown, upload.part_count) == ("s1", True, 1000)
    return str(upload.id)


async def send(
    person: Client, upload_id: str, number: int, body: bytes, size_bytes: int | None = None
) -> pb.PartReport:
    claim = pb.PartClaim(number=number, sha256=digest(body))
    request = pb.SignPartsRequest(upload_id=upload_id, parts=[claim], size_bytes=size_bytes)
    signed = await person.sign(request)
    answer = await put(signed.parts[0], body)
    assert answer.status_code == 200
    return pb.PartReport(number=number, etag=answer.headers["ETag"])


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 8 * MIB + 1, 17 * MIB])
async def test_a_stream_of_any_length_becomes_a_file(ada: Client, size: int) -> None:
    body = secrets.token_bytes(size)
    parts = [body[start : start + 8 * MIB] for start in range(0, size, 8 * MIB)] or [b""]
    upload_id = await begun(ada)

    reports = [
        await send(ada, upload_id, number, part, size if number == len(parts) else None)
        for number, part in enumerate(parts, 1)
    ]
    done = await ada.complete(pb.CompleteUploadRequest(upload_id=upload_id, parts=reports, size_bytes=size))

    assert done.upload.state == pb.UPLOAD_STATE_COMMITTED
    assert (done.upload.size_bytes, done.upload.length_unknown) == (size, False)
    content = (await ada.get_node(meta.GetNodeRequest(node_id=done.upload.node_id))).node.content
    assert (content.size_bytes, content.layout) == (size, "s1")
    assert content.content_hash == content_hash([digest(part) for part in parts])
    assert (await ada.download(done.upload.node_id)).content == body


async def test_a_stream_can_be_gone_on_with_and_is_refused_what_contradicts_it(ada: Client) -> None:
    body = secrets.token_bytes(8 * MIB)
    upload_id = await begun(ada)
    first = await send(ada, upload_id, 1, body)

    async with Refused(Kind.CONFLICT, "length_unknown"):
        await ada.complete(pb.CompleteUploadRequest(upload_id=upload_id, parts=[first]))
    async with Refused(Kind.CONFLICT, "length_decided"):
        await ada.complete(pb.CompleteUploadRequest(upload_id=upload_id, parts=[first], size_bytes=5))
    listed = (await ada.list(pb.ListUploadsRequest())).items
    assert [(each.id, each.length_unknown) for each in listed] == [(upload_id, True)]

    last = await send(ada, upload_id, 2, b"end", len(body) + 3)
    done = await ada.complete(pb.CompleteUploadRequest(upload_id=upload_id, parts=[first, last]))
    assert (await ada.download(done.upload.node_id)).content == body + b"end"


async def append(person: Client, upload_id: str, start: int, body: bytes, seen: int) -> int:
    segment = pb.Segment(start=start, size_bytes=len(body), sha256=digest(body), seen=seen)
    signed = await person.sign_segment(pb.SignSegmentRequest(upload_id=upload_id, segment=segment))
    assert (await put(signed.parts[0], body)).status_code in {200, 412}
    return int((await person.append_tail(pb.AppendTailRequest(upload_id=upload_id, segment=segment))).offset)


async def tail_of(person: Client, upload_id: str) -> bytes:
    tail = await person.get_tail(pb.GetTailRequest(upload_id=upload_id))
    async with httpx.AsyncClient() as client:
        return b"".join([(await client.get(each.url)).content for each in tail.segments])


async def test_what_is_appended_is_found_by_another_process_and_joined(rig: Rig, ada: Client) -> None:
    upload_id = await begun(ada)
    assert await append(ada, upload_id, 0, b"Dear ", 0) == 5
    again = Client(await rig.upload(), rig.metadata, ada.token)

    assert (await again.get(pb.GetUploadRequest(upload_id=upload_id))).upload.offset == 5
    assert await append(again, upload_id, 5, b"Charles", 5) == 12
    assert await tail_of(again, upload_id) == b"Dear Charles"
    assert await append(again, upload_id, 0, b"Dear Charles, hello", 12) == 19
    assert await tail_of(ada, upload_id) == b"Dear Charles, hello"
    async with Refused(Kind.CONFLICT, "offset_wrong"):
        await append(ada, upload_id, 18, b"!", 19)
    async with Refused(Kind.CONFLICT, "offset_wrong"):
        await append(ada, upload_id, 0, b"Dear Charles, good-bye", 12)
    claims = [pb.PartClaim(number=1, sha256=digest(b"x"))]
    async with Refused(Kind.CONFLICT, "offset_wrong"):
        await ada.sign(pb.SignPartsRequest(upload_id=upload_id, parts=claims, size_bytes=12, offset=12))

    last = await send(ada, upload_id, 1, b"Dear Charles, hello", 19)
    done = await ada.complete(pb.CompleteUploadRequest(upload_id=upload_id, parts=[last]))
    assert (await ada.download(done.upload.node_id)).content == b"Dear Charles, hello"
