"""What a stranger can do with a URL on the real S3: only what it was signed for."""

import asyncio
import base64
import hashlib
import socket
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.domain.ids import BlobId, NodeId
from file_upload_service.domain.transfer import Reach, ReadableFile, SignedPart
from file_upload_service.domain.upload import Upload
from tests.contracts.file_upload_service.engines import Storage
from tests.contracts.file_upload_service.test_object_store import (
    FIRST,
    HOUR,
    SECOND,
    SMALL,
    large,
    send,
    sign,
)
from tests.fakes.upload_samples import a_claim, an_upload

NOW = SystemClock().now()


@pytest.fixture
def storage(real_storage: Storage) -> Storage:
    return real_storage


@pytest.fixture
async def signed(storage: Storage) -> tuple[Upload, SignedPart]:
    upload = an_upload(NOW)
    (part,) = await sign(storage, upload, SMALL)
    return upload, part


async def put(url: str, body: bytes, headers: dict[str, str]) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.put(url, content=body, headers=headers)).status_code


@pytest.mark.parametrize("left_out", ["Content-Length", "x-amz-checksum-sha256", "If-None-Match"])
async def test_every_header_that_was_signed_must_be_sent(
    storage: Storage, signed: tuple[Upload, SignedPart], left_out: str
) -> None:
    upload, part = signed
    headers = {name: value for name, value in part.headers.items() if name != left_out}
    # httpx sends a length of its own accord, so the left out one becomes a wrong one.
    body = SMALL + b"!" if left_out == "Content-Length" else SMALL

    assert await put(part.url, body, headers) == 403
    assert await storage.store.head(upload.key) is None


async def test_another_hash_cannot_be_slipped_in(storage: Storage, signed: tuple[Upload, SignedPart]) -> None:
    upload, part = signed
    other = base64.b64encode(hashlib.sha256(b"HELLO").digest()).decode()

    assert await put(part.url, b"HELLO", part.headers | {"x-amz-checksum-sha256": other}) == 403
    assert await storage.store.head(upload.key) is None


async def test_a_url_serves_no_other_key(storage: Storage, signed: tuple[Upload, SignedPart]) -> None:
    upload, part = signed
    other = an_upload(NOW)

    assert await put(part.url.replace(upload.key, other.key), SMALL, part.headers) == 403
    assert await storage.store.head(other.key) is None


async def test_a_url_serves_no_other_part_and_no_other_multipart_upload(storage: Storage) -> None:
    upload, other = await large(storage), await large(storage)
    _, second = await sign(storage, upload, FIRST, SECOND)
    assert upload.multipart_id is not None
    assert other.multipart_id is not None

    for url in (
        second.url.replace("partNumber=2", "partNumber=1"),
        second.url.replace(upload.multipart_id, other.multipart_id),
        second.url.replace(upload.key, other.key).replace(upload.multipart_id, other.multipart_id),
    ):
        assert url != second.url
        assert await put(url, SECOND, second.headers) == 403
    assert await storage.store.list_parts(upload.key, upload.multipart_id) == ()


async def test_a_url_for_sending_neither_reads_nor_deletes(
    storage: Storage, signed: tuple[Upload, SignedPart]
) -> None:
    upload, part = signed
    await send(storage, part, SMALL)

    async with httpx.AsyncClient() as client:
        for method in ("GET", "DELETE"):
            assert (await client.request(method, part.url)).status_code == 403
    assert await storage.store.head(upload.key) is not None


async def test_an_expired_url_is_refused(storage: Storage) -> None:
    upload = an_upload(NOW)
    claims = [a_claim(1, SMALL)]
    signed = await storage.signer.sign_parts(upload, claims, reach=Reach.PUBLIC, life=timedelta(seconds=1))
    await asyncio.sleep(2.1)  # S3's own clock decides

    assert await put(signed.parts[0].url, SMALL, signed.parts[0].headers) == 403


async def test_bytes_cut_off_on_the_way_publish_nothing(storage: Storage) -> None:
    """Trap: without a signed length and checksum versitygw publishes what had arrived."""
    upload = an_upload(NOW, len(FIRST))
    (part,) = await sign(storage, upload, FIRST)
    url = urlsplit(part.url)

    def cut() -> None:
        with socket.create_connection((url.hostname, url.port)) as connection:
            head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in part.headers.items())
            connection.sendall(head.encode() + b"\r\n" + FIRST[: 3 << 20])

    await asyncio.to_thread(cut)
    await asyncio.sleep(0.3)  # so that the server has seen the end

    assert await storage.store.head(upload.key) is None
    await send(storage, part, FIRST)


async def test_a_download_has_the_files_name_type_and_ranges(storage: Storage) -> None:
    upload = an_upload(NOW)
    (part,) = await sign(storage, upload, SMALL)
    await send(storage, part, SMALL)
    name = 'Übergröße "€"\r\nX: 1.txt'
    file = ReadableFile(
        BlobId(upload.id), NodeId("n"), name, 5, "text/plain; charset=utf-8", "hash", "p23", 1
    )

    url = await storage.signer.sign_download(file, reach=Reach.PUBLIC, life=HOUR)
    async with httpx.AsyncClient() as client:
        whole = await client.get(url)
        range_of_it = await client.get(url, headers={"Range": "bytes=1-3"})

    assert whole.content == SMALL
    assert whole.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "X" not in whole.headers
    manner, _, encoded = whole.headers["Content-Disposition"].split("; ")
    assert manner == "inline"
    assert unquote(encoded.removeprefix("filename*=UTF-8''")) == name
    assert (range_of_it.status_code, range_of_it.content) == (206, b"ell")


async def test_a_hostile_content_type_becomes_a_harmless_one(storage: Storage) -> None:
    upload = an_upload(NOW)
    (part,) = await sign(storage, upload, SMALL)
    await send(storage, part, SMALL)
    file = ReadableFile(BlobId(upload.id), NodeId("n"), "x", 5, "text/html\r\nX: 1", "hash", "p23", 1)

    url = await storage.signer.sign_download(file, reach=Reach.PUBLIC, life=HOUR)
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    "more",
    ["&response-content-disposition=inline", "&response-content-type=text/html", "&response-cache-control=x"],
)
async def test_nobody_makes_storage_show_what_is_to_be_saved(storage: Storage, more: str) -> None:
    upload = an_upload(NOW)
    (part,) = await sign(storage, upload, SMALL)
    await send(storage, part, SMALL)
    file = ReadableFile(BlobId(upload.id), NodeId("n"), "x.html", 5, "text/html", "hash", "p23", 1)

    url = await storage.signer.sign_download(file, reach=Reach.PUBLIC, life=HOUR)
    async with httpx.AsyncClient() as client:
        as_signed = await client.get(url)
        twice_said = await client.get(url + more)
        said_otherwise = await client.get(
            url.replace("attachment", "inline").replace("text%2Fhtml", "text%2Fcss")
        )

    assert as_signed.headers["Content-Disposition"].startswith("attachment;")
    assert (twice_said.status_code, said_otherwise.status_code) == (403, 403)
