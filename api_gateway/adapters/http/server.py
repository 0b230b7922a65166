"""The HTTP server: uvicorn, opened and drained in the order that a service's life prescribes."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import uvicorn
from fastapi import FastAPI

from api_gateway.adapters.http.connections import BoundedHttpProtocol
from api_gateway.adapters.http.hall import Hall, Patience
from chassis.health import Health

_BACKLOG = 2048
# Two gateways behind a load balancer: one that has seen nothing yet would answer worse than the other.
_OPENING_SECONDS = 5.0
_KEEPALIVE_SECONDS = 60
# How long a connection has been idle when it is closed while its client may be about to use it.
_PARTING_SECONDS = 3.0
# Of an answer, in the kernel: without it a slow reader is lent megabytes.
_UNSENT_BYTES = 128 * 1024
_SPARE_FILES = 512


class _Server(uvicorn.Server):
    """Leaves the signals to the service, which first says that it goes."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """Implements chassis.service.Server. Opens its door when `health` is ready for the first time.

    on_drain: called first when it drains, so that requests which would last end.
    """

    def __init__(
        self,
        app: FastAPI,
        *,
        host: str,
        port: int,
        health: Health | None = None,
        patience: Patience | None = None,
        on_drain: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._address = (host, port)
        self._health = health or Health()
        self._hall = Hall(_affordable(patience or Patience()), lambda: self._drains or self._health.stopping)
        self._drains = False
        self._on_drain = on_drain
        self._server: _Server | None = None
        self._listener: socket.socket | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._server.server_state.connections) if self._server else 0

    async def start(self) -> int:
        """Take the port; returns it. Ends the process, in words, if it is taken."""
        self._listener = listener = self._bound()
        bound: int = listener.getsockname()[1]
        self._server = _Server(self._config())
        if self._health.ready:
            # What arrives before uvicorn takes over waits in the backlog.
            self._listen(listener)
        self._serving = asyncio.create_task(self._serve(self._server, listener), name="http")
        return bound

    def _bound(self) -> socket.socket:
        host, _ = self._address
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setblocking(False)  # noqa: FBT003  # the standard library's signature
        for level, option, value in _OPTIONS:
            listener.setsockopt(level, option, value)
        unread_milliseconds = self._hall.patience.unread_seconds * 1000
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unread_milliseconds)
        try:
            listener.bind(self._address)
        except OSError as error:
            listener.close()
            raise self._taken() from error
        return listener

    def _listen(self, listener: socket.socket) -> None:
        try:
            listener.listen(_BACKLOG)
        except OSError as error:
            raise self._taken() from error

    def _taken(self) -> SystemExit:
        host, port = self._address
        return SystemExit(f"STOWAGE_HTTP_PORT: {host}:{port} cannot be listened on.")

    async def _serve(self, server: _Server, listener: socket.socket) -> None:
        opened = asyncio.Event()
        self._health.on_change(lambda ready: opened.set() if ready else None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_OPENING_SECONDS):
                await opened.wait()
        self._listen(listener)
        await server.serve(sockets=[listener])

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._app,
            http=partial(BoundedHttpProtocol, self._hall),  # type: ignore[arg-type]  # a class, but for one argument
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=_BACKLOG,
            # Longer than proxies keep theirs, so that none sends into a connection that is just being closed.
            timeout_keep_alive=75,
            proxy_headers=False,  # whose word counts is for addresses.py to say
            # Each request starts with no caller; without this, a pipelined one begins with that of the one before.
            reset_contextvars=True,
        )

    async def drain(self, grace_seconds: float) -> None:
        """Take no new connections, let requests in flight finish for up to `grace_seconds`, then cut them off."""
        if self._server is None or self._serving is None or self._listener is None:
            return
        if not self._server.started:
            self._serving.cancel()
            await asyncio.wait([self._serving])
            self._listener.close()
            return
        self._drains, loop = True, asyncio.get_running_loop()
        self._on_drain()
        deadline = loop.time() + grace_seconds
        await self._let_in(self._server, self._listener)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(deadline - grace_seconds / 2):
                await self._hall.empty(min(_PARTING_SECONDS, grace_seconds / 4))
        self._server.config.timeout_graceful_shutdown = max(1, round(deadline - loop.time()))
        self._server.should_exit = True
        await self._serving

    async def _let_in(self, server: _Server, listener: socket.socket) -> None:
        """Whom the kernel has told that they are connected; closing the listener would reset them."""
        loop = asyncio.get_running_loop()
        waiting = []
        with contextlib.suppress(OSError):
            while True:
                waiting.append(listener.accept()[0])
        for each in server.servers:
            each.close()
        listener.close()
        protocol = partial(
            BoundedHttpProtocol,
            self._hall,
            config=server.config,
            server_state=server.server_state,
            app_state=server.lifespan.state,
            _loop=loop,
        )
        for connection in waiting:
            await loop.connect_accepted_socket(protocol, connection)


# Inherited by every connection.
_OPTIONS: tuple[tuple[int, int, int], ...] = (
    (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_SECONDS),
    (socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES),
)


def _affordable(patience: Patience) -> Patience:
    """No more connections than files may be open, with room for what stands behind them."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return patience
    connections = max(1, min(patience.connections, (allowed - _SPARE_FILES) // 2))
    return replace(patience, connections=connections)
