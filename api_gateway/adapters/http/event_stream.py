"""Changes as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api_gateway.adapters.http.errors import problem_of
from api_gateway.adapters.http.head import wants_head_only
from api_gateway.app.change_hub import Listener
from api_gateway.domain.changes import JournalEntry
from chassis.errors import DomainError
from chassis.telemetry import get_logger

HEARTBEAT_SECONDS = 15.0
_RETRY_MILLISECONDS = 2_000
_ENTRIES_AT_ONCE = 64
_KEPT_BYTES = 8_000_000
_logger = get_logger(__name__)
_encoder = msgspec.json.Encoder()


class MadeEvents:
    """Each made once, however many listen: they are handed the same entry. The latest are kept, up to `most_bytes`,
    because an entry may be a few hundred bytes or as many thousands.
    """

    def __init__(self, most_bytes: int = _KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._made: dict[str, tuple[JournalEntry, bytes]] = {}
        self.size_bytes = 0

    def of(self, entry: JournalEntry) -> bytes:
        kept, event = self._made.get(entry.cursor, (None, b""))
        if kept is not entry:
            event = _event(entry)
            self._forget(entry.cursor)
            self._made[entry.cursor] = entry, event
            self.size_bytes += len(event)
            while self.size_bytes > self._most_bytes:
                self._forget(next(iter(self._made)))
        return event

    def _forget(self, cursor: str) -> None:
        _, event = self._made.pop(cursor, (None, b""))
        self.size_bytes -= len(event)


_events = MadeEvents()


class EventStream(Response):
    """Owns the listener: it is given back at the end, or as soon as the client is gone.

    stay: asked at each heartbeat; raises if who listens may not go on. seconds: for all of it. chunk_seconds: for a
    client to take what is there.
    """

    def __init__(  # each is another thing
        self,
        listener: Listener,
        lease: ExitStack,
        *,
        first: tuple[JournalEntry, ...],
        start: str,
        stay: Callable[[], Awaitable[object]],
        seconds: float,
        chunk_seconds: float,
    ) -> None:
        # Proxies must pass on each event as it comes: X-Accel-Buffering is nginx's word for it.
        super().__init__(headers={"X-Accel-Buffering": "no"}, media_type="text/event-stream")
        del self.headers["Content-Length"]
        self._listener = listener
        self._lease = lease
        self._first = first
        self._start = start
        self._stay = stay
        self._seconds = seconds
        self._chunk_seconds = chunk_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._lease:
            if wants_head_only(scope):
                await super().__call__(scope, receive, send)
                return
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
        async def write(chunk: bytes) -> None:
            # Returns when there is room for the next one: so this is the time that the client needs for one.
            async with asyncio.timeout(self._chunk_seconds):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})

        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            await write(_greeting(self._start) + b"".join(map(_events.of, self._first)))
            try:
                await self._follow(write)
            except DomainError as refusal:
                await write(b"event: problem\ndata: " + bytes(problem_of(refusal).body) + b"\n\n")
        except TimeoutError:
            _logger.info("stream_left_unread")
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _follow(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        now = asyncio.get_running_loop().time
        end_at = now() + self._seconds
        beat_at = now() + HEARTBEAT_SECONDS
        while not self._listener.is_over and now() < end_at:
            entries = await self._listener.next(max(0.0, min(beat_at, end_at) - now()), _ENTRIES_AT_ONCE)
            if entries:
                await write(b"".join(map(_events.of, entries)))
            if now() >= beat_at:
                await self._stay()
                await write(b":\n\n")
                beat_at = now() + HEARTBEAT_SECONDS


def _greeting(cursor: str) -> bytes:
    """Without data it is no event, but the client knows its place from here on."""
    return f"retry: {_RETRY_MILLISECONDS}\nid: {cursor}\n\n".encode()


def _event(entry: JournalEntry) -> bytes:
    return b"id: " + entry.cursor.encode() + b"\nevent: change\ndata: " + _encoder.encode(entry) + b"\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
