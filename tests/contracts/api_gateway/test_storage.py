"""What ports/storage.py promises, of the fake and of versitygw behind real signed URLs."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from api_gateway.adapters.aiohttp.storage import AiohttpStorage, open_session
from api_gateway.domain.errors import PartRefused, RangeNotSatisfiable
from api_gateway.domain.uploads import SignedPart
from api_gateway.ports.storage import Storage
from chassis.errors import Unavailable
from tests.engines import S3Server
from tests.fakes.gateway_uploads import InMemoryStorage

CONTENT = bytes(range(256)) * 4096  # 1 MiB
Sign = Callable[[bytes], SignedPart]


@dataclass
class Signed:
    """A storage, and somebody who signs for it: `put` for these bytes only, `get` for what was put."""

    storage: Storage
    put: Sign
    get: Callable[[], str]


def in_memory() -> Signed:
    storage = InMemoryStorage()

    def put(content: bytes) -> SignedPart:
        return SignedPart(
            1, "PUT", "memory://1", {"sha256": hashlib.sha256(content).hexdigest()}, len(content)
        )

    return Signed(storage, put, lambda: "memory://1")


def on_versitygw(server: S3Server, bucket: str, storage: AiohttpStorage) -> Signed:
    client: Any = server.client()

    def put(content: bytes) -> SignedPart:
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        url = client.generate_presigned_url(
            "put_object",
            {"Bucket": bucket, "Key": "blob", "ContentLength": len(content), "ChecksumSHA256": checksum},
        )
        return SignedPart(1, "PUT", url, {"x-amz-checksum-sha256": checksum}, len(content))

    def get() -> str:
        return str(
            client.generate_presigned_url(
                "get_object",
                {
                    "Bucket": bucket,
                    "Key": "blob",
                    "ResponseContentType": "text/plain",
                    "ResponseContentDisposition": "inline; filename=\"notes.txt\"; filename*=UTF-8''notes.txt",
                },
            )
        )

    return Signed(storage, put, get)


@pytest.fixture(params=["fake", "versitygw"])
async def signed(request: pytest.FixtureRequest) -> AsyncIterator[Signed]:
    if request.param == "fake":
        yield in_memory()
        return
    server: S3Server = request.getfixturevalue("s3_server")
    async with open_session(connections=8) as session:
        yield on_versitygw(server, request.getfixturevalue("s3_bucket"), AiohttpStorage(session))


async def chunks(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def fetched(signed: Signed, byte_range: str | None = None) -> bytes:
    async with signed.storage.fetch(signed.get(), byte_range) as content:
        return b"".join([chunk async for chunk in content.chunks])


async def test_what_was_sent_can_be_fetched(signed: Signed) -> None:
    assert await signed.storage.send(signed.put(CONTENT), chunks(CONTENT))
    assert await fetched(signed) == CONTENT


async def test_nothing_at_all_can_be_sent_too(signed: Signed) -> None:
    assert await signed.storage.send(signed.put(b""), chunks(b""))
    assert await fetched(signed) == b""


async def test_other_bytes_than_those_announced_are_refused(signed: Signed) -> None:
    with pytest.raises(PartRefused):
        await signed.storage.send(signed.put(CONTENT), chunks(b"x" * len(CONTENT)))


async def test_a_whole_answer_says_its_length_type_and_name(signed: Signed) -> None:
    await signed.storage.send(signed.put(CONTENT), chunks(CONTENT))
    async with signed.storage.fetch(signed.get(), None) as content:
        assert (content.partial, content.length, content.range) == (False, len(CONTENT), None)
        assert content.content_type == "text/plain"
        assert content.disposition == "inline; filename=\"notes.txt\"; filename*=UTF-8''notes.txt"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, 2**20),
        ("bytes=-5", 2**20 - 5, 2**20),
        ("bytes=10-99999999", 10, 2**20),
    ],
)
async def test_a_range_comes_alone(signed: Signed, asked: str, start: int, end: int) -> None:
    await signed.storage.send(signed.put(CONTENT), chunks(CONTENT))
    async with signed.storage.fetch(signed.get(), asked) as content:
        assert (content.partial, content.length) == (True, end - start)
        assert content.range == f"bytes {start}-{end - 1}/{2**20}"
        assert b"".join([chunk async for chunk in content.chunks]) == CONTENT[start:end]


async def test_a_range_behind_the_end_is_refused(signed: Signed) -> None:
    await signed.storage.send(signed.put(b"hello"), chunks(b"hello"))
    with pytest.raises(RangeNotSatisfiable):
        await fetched(signed, "bytes=5-")


async def test_leaving_early_does_no_harm(signed: Signed) -> None:
    await signed.storage.send(signed.put(CONTENT), chunks(CONTENT))
    async with signed.storage.fetch(signed.get(), None) as content:
        with suppress(StopAsyncIteration):
            await anext(aiter(content.chunks))
    assert await fetched(signed, "bytes=0-3") == CONTENT[:4]


async def test_what_was_never_sent_cannot_be_fetched(signed: Signed) -> None:
    with pytest.raises(Unavailable):
        await fetched(signed)
