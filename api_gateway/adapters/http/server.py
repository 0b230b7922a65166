"""The HTTP server: uvicorn, started and drained in the order that a service's life prescribes."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI


class _Server(uvicorn.Server):
    """Leaves the signals to the service, which first says that it goes."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """Implements chassis.service.Server. Raises OSError at start if the port is taken."""

    def __init__(self, app: FastAPI, *, host: str, port: int, backlog: int = 2048) -> None:
        self._app = app
        self._address = (host, port)
        self._backlog = backlog
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        listener = socket.create_server(self._address, backlog=self._backlog, reuse_port=False)
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            lifespan="off",
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="http")
        # The socket listens already: what arrives before uvicorn takes over waits in the backlog.
        port: int = listener.getsockname()[1]
        return port

    async def drain(self, grace_seconds: float) -> None:
        if self._server is None or self._serving is None:
            return
        self._server.config.timeout_graceful_shutdown = max(1, round(grace_seconds))
        self._server.should_exit = True
        await self._serving
