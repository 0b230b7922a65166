"""Storage in memory, for the command line: takes only bytes that were signed for, and fails on demand."""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from stowage_client.storage.errors import (
    AlreadyStored,
    BytesRefused,
    Interrupted,
    LinkExpired,
    Refused,
    StorageError,
)
from stowage_client.storage.port import Body

CHUNK_BYTES = 64 * 1024


class InMemoryStorage:
    """Implements `Storage`. URLs: `memory://put/<upload>/<number>?sha256=…&size=…&n=…`, `memory://get/<blob>?n=…`."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, int], bytes] = {}
        self.blobs: dict[str, bytes] = {}
        self.write_once: set[str] = set()  # uploads of one part: If-None-Match
        self.sends: list[tuple[str, int]] = []
        self.fetches: list[tuple[str, int, int]] = []
        self.expired: set[str] = set()
        self.send_failures: deque[tuple[int, StorageError]] = deque()  # after so many bytes
        self.fetch_failures: deque[tuple[int, StorageError]] = deque()
        self.lost_answers = 0  # so many bodies arrive, and the sender is not told
        self.on_send: Callable[[int], None] = lambda number: None
        self.closed = False
        self._lock = threading.Lock()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: Body) -> str:
        assert method == "PUT"
        assert headers
        upload_id, number, sha256, size = _put_target(url)
        self.on_send(number)
        with self._lock:
            failure = self.send_failures.popleft() if self.send_failures else None
            self.sends.append((upload_id, number))
        if url in self.expired:
            raise LinkExpired("403 AccessDenied: Request has expired")
        if failure is not None:
            body.read(failure[0])
            raise failure[1]
        content = _all_of(body)
        if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
            raise BytesRefused("400 XAmzContentChecksumMismatch")
        with self._lock:
            if upload_id in self.write_once and (upload_id, number) in self.parts:
                raise AlreadyStored("412 PreconditionFailed")
            self.parts[upload_id, number] = content
            if self.lost_answers:
                self.lost_answers -= 1
                raise Interrupted("connection reset")
        return f'"{sha256[:16]}"'

    def fetch(self, url: str, offset: int, size_bytes: int, write: Callable[[memoryview], None]) -> None:
        blob_id = urlsplit(url).path.strip("/")
        with self._lock:
            failure = self.fetch_failures.popleft() if self.fetch_failures else None
            self.fetches.append((blob_id, offset, size_bytes))
        if url in self.expired:
            raise LinkExpired("403 AccessDenied: Request has expired")
        if blob_id not in self.blobs:
            raise Refused("404 NoSuchKey")
        wanted = self.blobs[blob_id][offset : offset + size_bytes]
        given = wanted if failure is None else wanted[: failure[0]]
        for begin in range(0, len(given), CHUNK_BYTES):
            write(memoryview(given[begin : begin + CHUNK_BYTES]))
        if failure is not None:
            raise failure[1]

    def close(self) -> None:
        self.closed = True


def _all_of(body: Body) -> bytes:
    chunks = []
    while chunk := body.read(CHUNK_BYTES):
        chunks.append(chunk)
    return b"".join(chunks)


def _put_target(url: str) -> tuple[str, int, str, int]:
    parts = urlsplit(url)
    upload_id, number = parts.path.strip("/").split("/")
    query = parse_qs(parts.query)
    return upload_id, int(number), query["sha256"][0], int(query["size"][0])
