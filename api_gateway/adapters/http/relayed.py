"""A download's bytes on their way through: a chunk at a time, as fast as the client takes them."""

import asyncio
from contextlib import AsyncExitStack

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api_gateway.adapters.http.head import wants_head_only
from api_gateway.ports.storage import Content
from chassis.errors import Unavailable
from chassis.telemetry import get_logger

_logger = get_logger(__name__)


class RelayedContent(Response):
    """Owns the connection to storage: it is closed at the end, or as soon as the client is gone.

    If storage breaks off, so does the answer: the client sees a body that is shorter than its Content-Length, or chunks
    without the last one.
    """

    def __init__(
        self,
        content: Content,
        connection: AsyncExitStack,
        *,
        status: int,
        headers: dict[str, str],
        chunk_seconds: float,
    ) -> None:
        super().__init__(status_code=status, headers=headers, media_type=content.content_type)
        # Response writes the length of its own, empty body.
        del self.headers["Content-Length"]
        if content.length is not None:
            self.headers["Content-Length"] = str(content.length)
        self._content = content
        self._connection = connection
        self._chunk_seconds = chunk_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if wants_head_only(scope):
            async with self._connection:
                await super().__call__(scope, receive, send)
            return
        async with self._connection:
            sending = asyncio.ensure_future(self._send(send))
            watching = asyncio.ensure_future(_gone(receive))
            try:
                await asyncio.wait((sending, watching), return_when=asyncio.FIRST_COMPLETED)
            finally:
                watching.cancel()
                sending.cancel()
                await asyncio.wait((sending, watching))
            if not sending.cancelled() and (error := sending.exception()) is not None:
                raise error

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async for chunk in self._content.chunks:
                # Returns when there is room for the next one: so this is the time that the client needs for one.
                async with asyncio.timeout(self._chunk_seconds):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except Unavailable:
            _logger.warning("relay_broke_off")
            return
        except TimeoutError:
            _logger.info("relay_left_unread")
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
