"""What a client does, over the wire."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

import httpx

from chassis.errors import Kind, RemoteError
from file_upload_service.domain.layout import plan_for
from stowage.upload.v1 import upload_pb2 as pb
from tests.integration.file_upload_service.rig import Client

MIB = 1 << 20


def cut(body: bytes) -> list[bytes]:
    size = plan_for(len(body)).part_size_bytes
    return [body[start : start + size] for start in range(0, len(body), size)] or [b""]


def claims_of(body: bytes) -> list[pb.PartClaim]:
    return [
        pb.PartClaim(number=number, sha256=hashlib.sha256(part).digest())
        for number, part in enumerate(cut(body), 1)
    ]


def start_request(body: bytes, **facts: Any) -> pb.StartUploadRequest:
    given = {"command_id": secrets.token_hex(8), "folder_id": "root", "name": "letter.txt"} | facts
    return pb.StartUploadRequest(
        size_bytes=len(body), content_type="text/plain", parts=claims_of(body)[:100], **given
    )


async def put(part: pb.SignedPart, body: bytes) -> httpx.Response:
    headers = dict(part.headers) | {"Content-Length": str(len(body))}
    async with httpx.AsyncClient() as client:
        return await client.put(part.url, content=body, headers=headers)


async def send(parts: Sequence[pb.SignedPart], body: bytes) -> list[pb.PartReport]:
    pieces = cut(body)
    answers = await asyncio.gather(*(put(part, pieces[part.number - 1]) for part in parts))
    assert all(answer.status_code == 200 for answer in answers)
    return [
        pb.PartReport(number=part.number, etag=answer.headers["ETag"])
        for part, answer in zip(parts, answers, strict=True)
    ]


async def sent(person: Client, body: bytes, **facts: Any) -> str:
    """Started and sent; the upload's id."""
    started = await person.start(start_request(body, **facts))
    await send(started.parts, body)
    return str(started.upload.id)


async def uploaded(person: Client, body: bytes, **facts: Any) -> pb.CompleteUploadResponse:
    upload_id = await sent(person, body, **facts)
    answer: pb.CompleteUploadResponse = await person.complete(pb.CompleteUploadRequest(upload_id=upload_id))
    return answer


async def settled(person: Client, upload_id: str, *states: Any, within_seconds: float = 20) -> pb.Upload:
    """Asks until the upload has come to one of the states."""
    async with asyncio.timeout(within_seconds):
        while True:
            upload: pb.Upload = (await person.get(pb.GetUploadRequest(upload_id=upload_id))).upload
            if upload.state in states:
                return upload
            await asyncio.sleep(0.1)


class Refused:
    """`async with Refused(Kind.CONFLICT, "name_taken"):`"""

    def __init__(self, kind: Kind, code: str) -> None:
        self._expected = (kind, code)

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        assert isinstance(error, RemoteError), f"{self._expected} was expected"
        assert (error.kind, error.code) == self._expected
        return True
