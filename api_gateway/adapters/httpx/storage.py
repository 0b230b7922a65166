"""Bytes to and from storage by signed URLs, streamed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from api_gateway.domain.errors import PartRefused, RangeNotSatisfiable
from api_gateway.domain.uploads import SignedPart
from api_gateway.ports.storage import Content
from chassis.errors import Unavailable

_CHUNK_BYTES = 256 * 1024
_NOT_SENT_BY_US = ("host", "content-length")


class HttpxStorage:
    """Implements ports.storage.Storage over one shared client."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, part: SignedPart, chunks: AsyncIterator[bytes]) -> str:
        # httpx sets Host from the URL, which is the one that was signed.
        headers = {name: value for name, value in part.headers.items() if name.lower() not in _NOT_SENT_BY_US}
        headers["Content-Length"] = str(part.size)
        try:
            answer = await self._client.request(part.method, part.url, headers=headers, content=chunks)
        except httpx.HTTPError as error:
            raise Unavailable("Storage did not take the part. Please try again.") from error
        # 412: the one object of a single PUT is there already, with exactly these bytes: its hash was signed.
        if answer.status_code in (200, 412):
            return str(answer.headers.get("etag", ""))
        if answer.status_code in (400, 403):
            raise PartRefused("Storage refused the bytes: they are not the ones that were announced.")
        raise Unavailable("Storage did not take the part. Please try again.")

    @asynccontextmanager
    async def fetch(self, url: str, byte_range: str | None) -> AsyncIterator[Content]:
        headers = {"Accept-Encoding": "identity"}
        if byte_range is not None:
            headers["Range"] = byte_range
        request = self._client.build_request("GET", url, headers=headers)
        try:
            answer = await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise Unavailable("Storage does not answer. Please try again.") from error
        try:
            yield _content(answer)
        finally:
            await answer.aclose()


def _content(answer: httpx.Response) -> Content:
    if answer.status_code == 416:
        raise RangeNotSatisfiable("The range begins behind the file's end.")
    if answer.status_code not in (200, 206):
        raise Unavailable("Storage did not give the file. Please try again.")
    return Content(
        partial=answer.status_code == 206,
        length=int(answer.headers["content-length"]),
        range=answer.headers.get("content-range"),
        content_type=answer.headers.get("content-type", "application/octet-stream"),
        disposition=answer.headers.get("content-disposition"),
        chunks=answer.aiter_raw(_CHUNK_BYTES),
    )
