"""The HTTP server: uvicorn, started and drained in the order that a service's life prescribes."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from http import HTTPStatus

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api_gateway.adapters.http.browser_policy import ALWAYS, UNLESS_SAID
from api_gateway.adapters.http.errors import problem
from chassis.telemetry import bind_request_id, unbind_request_id

# Of a request's first line and headers together; uvicorn itself would go on collecting for ever.
MAX_HEAD_BYTES = 64 * 1024
_BACKLOG = 2048


class BoundedHttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a bound on the head of a request, and problems in place of its plain texts.

    Counted is what arrives while a head is open, beginning with the read after the one that opened it: a read of
    up to 256 KiB may hold the end of another request, too. The parser tells of a header only when it is complete.
    """

    _head_is_open = False
    _head_bytes = 0

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
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_is_open = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        token = bind_request_id(None)
        if self._head_bytes > MAX_HEAD_BYTES:
            status, code = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large"
        else:
            status, code = HTTPStatus.BAD_REQUEST, "request_malformed"
        headers = {"Connection": "close", **ALWAYS, **UNLESS_SAID}
        answer = problem(status, code, "The request cannot be read.", headers)
        unbind_request_id(token)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode(), *_lines(answer.raw_headers), b"", b""]
        self.transport.write(b"\r\n".join(lines) + bytes(answer.body))
        self.transport.close()


def _lines(headers: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
    return (name + b": " + value for name, value in headers)


class _Server(uvicorn.Server):
    """Leaves the signals to the service, which first says that it goes."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """Implements chassis.service.Server."""

    def __init__(self, app: FastAPI, *, host: str, port: int) -> None:
        self._app = app
        self._address = (host, port)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen; returns the port. Ends the process, in words, if the port is taken."""
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server(self._address, family=family, backlog=_BACKLOG)
        except OSError as error:
            raise SystemExit(f"STOWAGE_HTTP_PORT: {host}:{port} cannot be listened on.") from error
        self._server = _Server(self._config())
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="http")
        # The socket listens already: what arrives before uvicorn takes over waits in the backlog.
        bound: int = listener.getsockname()[1]
        return bound

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._app,
            http=BoundedHttpProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # Longer than proxies keep theirs, so that none sends into a connection that is just being closed.
            timeout_keep_alive=75,
            proxy_headers=False,  # whose word counts is for addresses.py to say
            # Each request starts with no caller; without this, a pipelined one begins with that of the one before.
            reset_contextvars=True,
        )

    async def drain(self, grace_seconds: float) -> None:
        """Take no new requests, let those in flight finish for up to `grace_seconds`, then cut them off."""
        if self._server is None or self._serving is None:
            return
        self._server.config.timeout_graceful_shutdown = max(1, round(grace_seconds))
        self._server.should_exit = True
        await self._serving
