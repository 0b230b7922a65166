"""Bytes to and from storage by signed URLs, streamed."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from api_gateway.app.relay_turns import RelayTurns
from api_gateway.domain.errors import PartRefused, RangeNotSatisfiable
from api_gateway.domain.uploads import SignedPart
from api_gateway.ports.storage import Content
from chassis.engine_calls import engine_calls
from chassis.errors import Unavailable
from chassis.telemetry import get_logger

_OURS_TO_SET = ("host", "content-length")  # aiohttp sets Host from the URL, which is the one that was signed
_NOT_OURS_TO_SAY = ("Content-Type", "User-Agent", "Accept")  # an object has the type that was signed, or none
# Between two chunks; storage may take its time for the answer to a large part.
_PATIENCE_SECONDS = 60.0
_CONNECTING_SECONDS = 5.0
_WAITING_FOR_A_CONNECTION_SECONDS = 10.0
_IDLE_SECONDS = 5.0  # less than storage keeps a connection that nobody uses
# IncompleteBody is none of them: all of the length was sent from here, so the line lost some of it.
_NOT_THESE_BYTES = frozenset(
    {
        "BadDigest",
        "InvalidDigest",
        "XAmzContentChecksumMismatch",
        "XAmzContentSHA256Mismatch",
    }
)
_CODE = re.compile(rb"<Code>(\w{1,64})</Code>")
_logger = get_logger(__name__)


def open_session(*, connections: int) -> ClientSession:
    """Connections to storage, as many at once; whoever opens it closes it. Needs a running event loop."""
    return ClientSession(
        connector=TCPConnector(limit=connections, keepalive_timeout=_IDLE_SECONDS),
        timeout=ClientTimeout(
            total=None,
            connect=_WAITING_FOR_A_CONNECTION_SECONDS + _CONNECTING_SECONDS,
            sock_connect=_CONNECTING_SECONDS,
            sock_read=_PATIENCE_SECONDS,
        ),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=_NOT_OURS_TO_SAY,
        trust_env=False,
    )


class AiohttpStorage:
    """Implements ports.storage.Storage over one shared session of `open_session`.

    `answer_seconds`: until a download begins. `patience_seconds`: for each chunk that storage is to take, and for its
    answer after the last.
    """

    def __init__(
        self,
        session: ClientSession,
        *,
        answer_seconds: float = 10.0,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._session = session
        self._answer_seconds = answer_seconds
        self._patience_seconds = patience_seconds
        self._turns = RelayTurns()

    async def send(self, part: SignedPart, chunks: AsyncIterator[bytes]) -> str:
        headers = {name: value for name, value in part.headers.items() if name.lower() not in _OURS_TO_SET}
        headers["Content-Length"] = str(part.size)
        body = _Body(self._turns.paced(chunks), self._patience_seconds)
        try:
            with engine_calls("s3").measured("RelayPart"):
                async with asyncio.timeout(None) as patience:
                    answer = await self._session.request(
                        part.method,
                        URL(part.url, encoded=True),
                        headers=headers,
                        data=body.sent(patience),
                        allow_redirects=False,
                    )
                    try:
                        said = await answer.read()
                    finally:
                        answer.close()  # one that was read to its end has given its connection back before
        except (ClientError, TimeoutError) as error:
            if body.trouble is not None:
                raise body.trouble from None
            raise Unavailable("Storage did not take the part. Please try again.") from error
        return _etag(answer, said)

    @asynccontextmanager
    async def fetch(self, url: str, byte_range: str | None) -> AsyncIterator[Content]:
        headers = {"Accept-Encoding": "identity"}
        if byte_range is not None:
            headers["Range"] = byte_range
        try:
            with engine_calls("s3").measured("GetObject"):  # until the first byte
                async with asyncio.timeout(self._answer_seconds):
                    answer = await self._session.get(
                        URL(url, encoded=True), headers=headers, allow_redirects=False
                    )
        except (ClientError, TimeoutError) as error:
            raise Unavailable("Storage does not answer. Please try again.") from error
        try:
            yield _content(answer, self._turns.paced(_chunks(answer)))
        finally:
            answer.close()


class _Body:
    """A part's bytes on their way out, and what went wrong with them on our side: aiohttp would wrap it."""

    def __init__(self, chunks: AsyncIterator[bytes], patience_seconds: float) -> None:
        self._chunks = chunks
        self._patience_seconds = patience_seconds
        self.trouble: Exception | None = None

    async def sent(self, patience: asyncio.Timeout) -> AsyncIterator[bytes]:
        """`patience` runs while storage takes a chunk, never while the next one is awaited."""
        now = asyncio.get_running_loop().time
        try:
            async for chunk in self._chunks:
                patience.reschedule(now() + self._patience_seconds)
                yield chunk
                patience.reschedule(None)
        except Exception as error:
            self.trouble = error
            raise
        patience.reschedule(now() + self._patience_seconds)


def _etag(answer: ClientResponse, said: bytes) -> str:
    # 412: the one object of a single PUT is there already, with exactly these bytes: its hash was signed.
    if answer.status == HTTPStatus.PRECONDITION_FAILED:
        return ""
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return answer.headers.get("ETag", "")
    code = _code(said)
    if code in _NOT_THESE_BYTES:
        # Whose fault it is only a second hash of every byte would tell: a line that closes early looks the same.
        raise PartRefused(
            "Storage received other bytes than were announced. If yours are the right ones, send them again."
        )
    _logger.warning("storage_refused", doing="send", status=answer.status, code=code)
    raise Unavailable("Storage did not take the part. Please try again.")


def _content(answer: ClientResponse, chunks: AsyncIterator[bytes]) -> Content:
    if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise RangeNotSatisfiable("The range begins behind the file's end.")
    if answer.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        _logger.warning("storage_refused", doing="fetch", status=answer.status)
        raise Unavailable("Storage did not give the file. Please try again.")
    return Content(
        partial=answer.status == HTTPStatus.PARTIAL_CONTENT,
        length=int(answer.headers["Content-Length"]),
        range=answer.headers.get("Content-Range"),
        content_type=answer.headers.get("Content-Type", "application/octet-stream"),
        disposition=answer.headers.get("Content-Disposition"),
        chunks=chunks,
    )


async def _chunks(answer: ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.content.iter_any():
            yield chunk
    except (ClientError, TimeoutError) as error:
        raise Unavailable("Storage broke off.") from error


def _code(said: bytes) -> str:
    match = _CODE.search(said[:4096])
    return match[1].decode() if match else ""
