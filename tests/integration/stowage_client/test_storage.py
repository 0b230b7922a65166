"""Bytes to and from the real S3 server, by URLs signed as file_upload_service signs them."""

import base64
import hashlib
import io
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from stowage_client.storage.errors import AlreadyStored, BytesRefused, Interrupted, LinkExpired, Refused
from stowage_client.storage.http import HttpStorage
from tests.engines import S3Server

CONTENT = os.urandom(3 * 2**20 + 17)


class BytesBody:
    """A part's bytes, read from memory; `cut_at` stops as a closed file would."""

    def __init__(self, content: bytes, *, cut_at: int | None = None) -> None:
        self.size_bytes = len(content)
        self._file = io.BytesIO(content)
        self._cut_at = cut_at

    def read(self, size: int = -1, /) -> bytes:
        if self._cut_at is not None and self._file.tell() >= self._cut_at:
            raise RuntimeError("cut")
        return self._file.read(size)


@pytest.fixture
def storage() -> Iterator[HttpStorage]:
    storage = HttpStorage(connections=4)
    yield storage
    storage.close()


class Bucket:
    """Signs."""

    def __init__(self, server: S3Server, name: str) -> None:
        self.client: Any = server.client()
        self.name = name

    def put_url(self, content: bytes, *, seconds: int = 60) -> tuple[str, dict[str, str]]:
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        parameters = {
            "Bucket": self.name,
            "Key": "blobs/ab/cd/x",
            "ChecksumSHA256": checksum,
            "ContentLength": len(content),
            "IfNoneMatch": "*",
        }
        url = self.client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds)
        return url, {"x-amz-checksum-sha256": checksum, "if-none-match": "*"}

    def get_url(self, *, seconds: int = 60, key: str = "blobs/ab/cd/x") -> str:
        parameters = {"Bucket": self.name, "Key": key}
        return str(self.client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds))

    def hold(self, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key="blobs/ab/cd/x", Body=content)

    def held(self) -> bytes:
        return bytes(self.client.get_object(Bucket=self.name, Key="blobs/ab/cd/x")["Body"].read())


@pytest.fixture
def bucket(s3_server: S3Server, s3_bucket: str) -> Bucket:
    return Bucket(s3_server, s3_bucket)


@pytest.mark.parametrize("content", [b"", b"hello", CONTENT])
def test_bytes_arrive_and_come_back(storage: HttpStorage, bucket: Bucket, content: bytes) -> None:
    url, headers = bucket.put_url(content)

    etag = storage.send("PUT", url, headers, BytesBody(content))

    received = bytearray()
    storage.fetch(bucket.get_url(), 0, len(content), received.extend)
    assert received == content
    assert etag.startswith('"')


def test_other_bytes_are_refused(storage: HttpStorage, bucket: Bucket) -> None:
    url, headers = bucket.put_url(CONTENT)

    with pytest.raises(BytesRefused):
        storage.send("PUT", url, headers, BytesBody(b"!" + CONTENT[1:]))


def test_an_object_that_is_there_is_told(storage: HttpStorage, bucket: Bucket) -> None:
    url, headers = bucket.put_url(CONTENT)
    storage.send("PUT", url, headers, BytesBody(CONTENT))

    with pytest.raises(AlreadyStored):
        storage.send("PUT", url, headers, BytesBody(CONTENT))


def test_an_expired_url_is_told_in_both_directions(storage: HttpStorage, bucket: Bucket) -> None:
    bucket.hold(CONTENT)
    url, headers = bucket.put_url(CONTENT, seconds=1)
    get_url = bucket.get_url(seconds=1)
    time.sleep(2.1)  # S3 counts whole seconds

    with pytest.raises(LinkExpired):
        storage.send("PUT", url, headers, BytesBody(CONTENT))
    with pytest.raises(LinkExpired):
        storage.fetch(get_url, 0, 10, lambda view: None)


def test_a_missing_object_is_refused_in_its_words(storage: HttpStorage, bucket: Bucket) -> None:
    with pytest.raises(Refused, match="404 NoSuchKey"):
        storage.fetch(bucket.get_url(key="blobs/nothing"), 0, 10, lambda view: None)


def test_ranges_are_exact_and_connections_are_used_again(storage: HttpStorage, bucket: Bucket) -> None:
    bucket.hold(CONTENT)
    received = bytearray()

    for begin in range(0, len(CONTENT), 700_000):
        size = min(700_000, len(CONTENT) - begin)
        storage.fetch(bucket.get_url(), begin, size, received.extend)

    assert received == CONTENT
    pool = storage._pool(bucket.get_url()).connection_from_url(bucket.get_url())
    assert pool.num_connections == 1


def test_an_error_of_the_body_passes_and_spoils_no_later_request(
    storage: HttpStorage, bucket: Bucket
) -> None:
    url, headers = bucket.put_url(CONTENT)

    with pytest.raises(RuntimeError, match="cut"):
        storage.send("PUT", url, headers, BytesBody(CONTENT, cut_at=2**20))

    storage.send("PUT", url, headers, BytesBody(CONTENT))
    assert bucket.held() == CONTENT


def test_an_error_of_the_writer_passes_and_spoils_no_later_request(
    storage: HttpStorage, bucket: Bucket
) -> None:
    bucket.hold(CONTENT)

    def full(view: memoryview) -> None:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        storage.fetch(bucket.get_url(), 0, len(CONTENT), full)

    received = bytearray()
    storage.fetch(bucket.get_url(), 0, len(CONTENT), received.extend)
    assert received == CONTENT


def test_a_server_that_is_away_is_an_interruption(storage: HttpStorage) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/b/k"

        with pytest.raises(Interrupted, match="refused"):
            storage.send("PUT", url, {}, BytesBody(b"x"))
        with pytest.raises(Interrupted, match="refused"):
            storage.fetch(url, 0, 1, lambda view: None)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n", Interrupted),
        (b"HTTP/1.1 206 Partial\r\nContent-Length: 100\r\n\r\nonly this", Interrupted),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour", Refused),
        (b"nonsense\r\n\r\n", Interrupted),
        (b"", Interrupted),
    ],
)
def test_what_a_broken_server_says_becomes_an_error_of_ours(
    storage: HttpStorage, answer: bytes, error: type[Exception]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_once, args=(listener, answer), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/b/k"

        with pytest.raises(error):
            storage.fetch(url, 0, 100, lambda view: None)


def _answer_once(listener: socket.socket, answer: bytes) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)
