"""One client's connection, on uvicorn's protocol: bounded in bytes, in time, and in how many there are.

Bodies have clocks of their own (bodies.py). A client that reads nothing is the kernel's to cut (server.py).
"""

import asyncio
import select
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api_gateway.adapters.http.browser_policy import ALWAYS, UNLESS_SAID
from api_gateway.adapters.http.errors import problem
from api_gateway.adapters.http.hall import Hall
from chassis.telemetry import bind_request_id, unbind_request_id

# Of a request's first line and headers together; uvicorn itself would go on collecting for ever.
MAX_HEAD_BYTES = 64 * 1024


class BoundedHttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol with bounds on the head of a request, and problems in place of its plain texts.

    Counted is what arrives while a head is open, beginning with the read after the one that opened it: a read of
    up to 256 KiB may hold the end of another request, too. The parser tells of a header only when it is complete.
    """

    def __init__(self, hall: Hall, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._hall = hall
        self._head_is_open = False
        self._body_is_open = False
        self._head_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def address(self) -> str:
        return self.client[0] if self.client else ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        super().connection_made(transport)
        if not self._hall.admit(self):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", {"Retry-After": "1"})
            return
        self._hall.idle[self] = self.loop.time()
        self._wait_at_most(self._hall.patience.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._hall.leave(self)
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_open = self._head_is_open
        super().data_received(data)
        if not (was_open and self._head_is_open):
            self._head_bytes = 0
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self._head_is_open = True
        self._wait_at_most(self._hall.patience.head_seconds)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_is_open, self._body_is_open = False, True
        self._wait_no_more()
        self._hall.idle.pop(self, None)
        super().on_headers_complete()
        if self._hall.is_closing():
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._body_is_open = False
        super().on_message_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            # Answered before its body ended. uvicorn's own clock stopped when the rest of the body came.
            self._wait_at_most(self.timeout_keep_alive)
            self._hall.idle[self] = self.loop.time()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing() or not self.cycle.response_complete:
            return
        if self._body_is_open:
            self._wait_at_most(self._hall.patience.rest_seconds)
        else:
            self._hall.idle[self] = self.loop.time()

    def shutdown(self) -> None:
        """Who has begun to speak is heard out: what is on its way would be lost, and a POST not tried again."""
        if self in self._hall.idle:
            self.part()
        elif self.cycle is not None:
            self.cycle.keep_alive = False

    def part(self) -> None:
        """Close, unless the client has begun to say something."""
        if not self._head_is_open and not self._has_spoken():
            self.let_go()

    def let_go(self) -> None:
        """Close, whatever the client is about to say."""
        self._hall.idle.pop(self, None)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large")
        else:
            self._refuse(HTTPStatus.BAD_REQUEST, "request_malformed")

    def _has_spoken(self) -> bool:
        """Whether bytes wait that the loop has not come to read yet."""
        waiting = select.poll()
        waiting.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(waiting.poll(0))

    def _wait_at_most(self, seconds: float) -> None:
        self._wait_no_more()
        self._deadline = self.loop.call_later(seconds, self._too_late)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            # The head of a second request, while the first one's answer is still going out.
            self._wait_at_most(self._hall.patience.head_seconds)
        elif self._head_is_open:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "request_timeout")
        else:
            self.let_go()

    def _is_answering(self) -> bool:
        """Whether bytes of ours would stand in an answer, or be taken for the one to an earlier request."""
        if self.cycle is None or self.cycle.response_complete:
            return False
        return not self._body_is_open or bool(self.pipeline) or self.cycle.response_started

    def _refuse(self, status: HTTPStatus, code: str, headers: dict[str, str] | None = None) -> None:
        if self._is_answering():
            self.transport.close()
            return
        token = bind_request_id(None)
        answer = problem(
            status, code, _WORDS[code], {"Connection": "close", **ALWAYS, **UNLESS_SAID, **(headers or {})}
        )
        unbind_request_id(token)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode(), *_lines(answer.raw_headers), b"", b""]
        self.transport.write(b"\r\n".join(lines) + bytes(answer.body))
        self.transport.close()


_WORDS = {
    "headers_too_large": "The request cannot be read.",
    "request_malformed": "The request cannot be read.",
    "request_timeout": "The request took too long to arrive.",
    "unavailable": "Too many are connected to this server. Please try again.",
}


def _lines(headers: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
    return (name + b": " + value for name, value in headers)
