"""Bytes to and from storage by signed URLs, streamed."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from api_gateway.app.relay_turns import RelayTurns
from api_gateway.domain.errors import PartRefused, RangeNotSatisfiable
from api_gateway.domain.uploads import SignedPart
from api_gateway.ports.storage import Content
from chassis.engine_calls import engine_calls
from chassis.errors import Unavailable
from chassis.telemetry import get_logger

_OURS_TO_SET = ("host", "content-length")  # httpx sets Host from the URL, which is the one that was signed
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


class HttpxStorage:
    """Implements ports.storage.Storage over one shared client. `answer_seconds`: until a download begins."""

    def __init__(self, client: httpx.AsyncClient, *, answer_seconds: float = 10.0) -> None:
        self._client = client
        self._answer_seconds = answer_seconds
        self._turns = RelayTurns()

    async def send(self, part: SignedPart, chunks: AsyncIterator[bytes]) -> str:
        headers = {name: value for name, value in part.headers.items() if name.lower() not in _OURS_TO_SET}
        headers["Content-Length"] = str(part.size)
        try:
            with engine_calls("s3").measured("RelayPart"):
                answer = await self._client.request(
                    part.method, part.url, headers=headers, content=self._turns.paced(chunks)
                )
        except httpx.HTTPError as error:
            raise Unavailable("Storage did not take the part. Please try again.") from error
        # 412: the one object of a single PUT is there already, with exactly these bytes: its hash was signed.
        if answer.is_success or answer.status_code == httpx.codes.PRECONDITION_FAILED:
            return answer.headers.get("etag", "") if answer.is_success else ""
        code = _code(answer.content)
        if code in _NOT_THESE_BYTES:
            # Whose fault it is only a second hash of every byte would tell: a line that closes early looks the same.
            raise PartRefused(
                "Storage received other bytes than were announced. If yours are the right ones, send them again."
            )
        _logger.warning("storage_refused", doing="send", status=answer.status_code, code=code)
        raise Unavailable("Storage did not take the part. Please try again.")

    @asynccontextmanager
    async def fetch(self, url: str, byte_range: str | None) -> AsyncIterator[Content]:
        headers = {"Accept-Encoding": "identity"}
        if byte_range is not None:
            headers["Range"] = byte_range
        try:
            request = self._client.build_request("GET", url, headers=headers)
            with engine_calls("s3").measured("GetObject"):  # until the first byte
                async with asyncio.timeout(self._answer_seconds):
                    answer = await self._client.send(request, stream=True)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable("Storage does not answer. Please try again.") from error
        try:
            yield _content(answer, self._turns.paced(_chunks(answer)))
        finally:
            await answer.aclose()


def _content(answer: httpx.Response, chunks: AsyncIterator[bytes]) -> Content:
    if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise RangeNotSatisfiable("The range begins behind the file's end.")
    if answer.status_code not in (200, 206):
        _logger.warning("storage_refused", doing="fetch", status=answer.status_code)
        raise Unavailable("Storage did not give the file. Please try again.")
    return Content(
        partial=answer.status_code == 206,
        length=int(answer.headers["content-length"]),
        range=answer.headers.get("content-range"),
        content_type=answer.headers.get("content-type", "application/octet-stream"),
        disposition=answer.headers.get("content-disposition"),
        chunks=chunks,
    )


async def _chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    except httpx.HTTPError as error:
        raise Unavailable("Storage broke off.") from error


def _code(body: bytes) -> str:
    match = _CODE.search(body[:4096])
    return match[1].decode() if match else ""
