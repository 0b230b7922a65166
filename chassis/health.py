"""Whether this instance is alive and may be given work, said to Consul, to people and to Prometheus.

`GET /health/live` is 200 as long as the process can answer. `GET /health/ready` is 200 when every named
condition holds, else 503 with words on each that does not. `GET /metrics` is Prometheus's text format.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest

from chassis.errors import DomainError
from chassis.telemetry import get_logger

_READ_SECONDS = 5.0
_logger = get_logger(__name__)
_MET = Gauge("stowage_condition_met", "1 while this condition of being ready holds", ("condition",))
_READY = Gauge("stowage_ready", "1 while this instance takes work")


class Health:
    """The named conditions under which this instance takes work."""

    def __init__(self) -> None:
        self._missing: dict[str, str] = {}
        self._stopping = False
        self._listeners: list[Callable[[bool], None]] = []
        _READY.set(1)

    @property
    def ready(self) -> bool:
        """Whether nothing is missing and nobody asked us to stop."""
        return not self._missing and not self._stopping

    @property
    def stopping(self) -> bool:
        """Whether this instance goes down: nobody shall count on it any more."""
        return self._stopping

    def missing(self) -> dict[str, str]:
        """What is missing, by condition, in words for people."""
        return {**self._missing, **({"serving": "shutting down"} if self._stopping else {})}

    def set_ready(self, condition: str, ready: bool, why: str = "") -> None:  # noqa: FBT001  # reads well at the call
        """Say whether a condition holds; `why` says what is missing and never holds a secret."""
        before = self.ready
        _MET.labels(condition).set(ready)
        if ready:
            recovered = self._missing.pop(condition, None) is not None
            if recovered:
                _logger.info("condition_met", condition=condition)
        else:
            if condition not in self._missing:
                _logger.warning("condition_missing", condition=condition, why=why)
            self._missing[condition] = why or "not available"
        self._tell(before)

    def stop_serving(self) -> None:
        """The first step of going down: from now on not ready, for good."""
        before = self.ready
        self._stopping = True
        self._tell(before)

    def on_change(self, listener: Callable[[bool], None]) -> None:
        """Call `listener` now, and whenever `ready` changes."""
        self._listeners.append(listener)
        listener(self.ready)

    def _tell(self, before: bool) -> None:  # noqa: FBT001  # private
        if before != self.ready:
            _READY.set(self.ready)
            for listener in self._listeners:
                listener(self.ready)


async def probing(
    health: Health,
    condition: str,
    probe: Callable[[], Awaitable[object]],
    *,
    every_seconds: float = 5.0,
    first_retry_seconds: float = 0.25,
    timeout_seconds: float = 5.0,
) -> None:
    """Keep a condition true to what `probe` finds, for ever: it raises when a dependency does not answer.

    While it fails it is asked again after `first_retry_seconds`, then after twice that, up to 4 s.
    """
    retry_seconds = first_retry_seconds
    while True:
        try:
            async with asyncio.timeout(timeout_seconds):
                await probe()
        except Exception as error:  # noqa: BLE001  # whatever a driver raises means "not now"
            why = error.detail if isinstance(error, DomainError) else f"{condition} does not answer"
            _logger.debug("probe_failed", condition=condition, error=repr(error))
            health.set_ready(condition, False, why)  # noqa: FBT003  # see set_ready
            await asyncio.sleep(retry_seconds)
            retry_seconds = min(retry_seconds * 2, 4.0)
        else:
            retry_seconds = first_retry_seconds
            health.set_ready(condition, True)  # noqa: FBT003  # see set_ready
            await asyncio.sleep(every_seconds)


class _Answer(NamedTuple):
    status: str
    content_type: str
    body: bytes


class HealthServer:
    """Serves the three paths in plain HTTP on a port of their own; one answer per connection."""

    def __init__(
        self, health: Health, *, instance_id: str = "", registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._health = health
        self._instance_id = instance_id
        self._registry = registry
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises OSError if it is taken."""
        self._server = await asyncio.start_server(self._serve, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening. Harmless when repeated."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(
            OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(_READ_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
                answer = self._answer(method, target)
                writer.write(
                    f"HTTP/1.1 {answer.status}\r\nContent-Type: {answer.content_type}\r\n"
                    f"Content-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n".encode("latin-1")
                )
                writer.write(b"" if method == "HEAD" else answer.body)
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def _answer(self, method: str, target: str) -> _Answer:
        url = urlsplit(target)
        if method not in ("GET", "HEAD"):
            return _Answer("405 Method Not Allowed", "text/plain", b"GET only\n")
        if url.path == "/health/live":
            return _Answer("200 OK", "text/plain", b"alive\n")
        if url.path == "/health/ready":
            return self._readiness(parse_qs(url.query).get("instance", [self._instance_id])[0])
        if url.path == "/metrics":
            return _Answer("200 OK", CONTENT_TYPE_LATEST, generate_latest(self._registry))
        return _Answer("404 Not Found", "text/plain", b"/health/live /health/ready /metrics\n")

    def _readiness(self, asked_for: str) -> _Answer:
        missing = self._health.missing()
        if asked_for != self._instance_id:
            # Ports are reused: Consul may still ask here for an instance that is gone.
            missing["instance"] = f"this is {self._instance_id}"
        body = json.dumps({"ready": not missing, "missing": missing}).encode() + b"\n"
        return _Answer("503 Service Unavailable" if missing else "200 OK", "application/json", body)
