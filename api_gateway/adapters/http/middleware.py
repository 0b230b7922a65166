"""What happens to every request: an id, a bound on its body, headers that protect browsers, one line in the log."""

from time import perf_counter
from typing import Any

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_gateway.adapters.http.errors import problem, problem_of
from api_gateway.domain.errors import BodyTooLarge
from chassis.telemetry import bind_request_id, current_request_id, get_logger, unbind_request_id

_logger = get_logger(__name__)
_SECONDS = Histogram("stowage_http_seconds", "Requests served", ("method", "route", "status"))

_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_DEFAULT_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class RequestFrame:
    """The outermost layer. Whatever nobody handled is logged here, once, and answered opaquely."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = bind_request_id(_header(scope, b"x-request-id"))
        started, answer = perf_counter(), _Answer(send)
        try:
            await self._app(scope, receive, answer)
        except Exception:
            _logger.exception("request_failed", method=scope["method"], route=_route(scope))
            if answer.status:
                # The head is out: cutting the connection is the only way left to say that it failed.
                raise
            await problem(500, "internal", "Something went wrong on our side.")(scope, receive, answer)
        finally:
            _observe(scope, answer.status, perf_counter() - started)
            unbind_request_id(token)


class _Answer:
    """Adds our headers to whatever answer goes out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers += _SECURITY_HEADERS
            headers += [(name, value) for name, value in _DEFAULT_HEADERS if name not in present]
            headers.append((b"x-request-id", current_request_id().encode()))
            message = {**message, "headers": headers}
        await self._send(message)


class BodyLimit:
    """Refuses a body of more than `max_bytes`, also one that lies about its length. Relayed parts are exempt."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_relay(scope):
            await self._app(scope, receive, send)
            return
        if (declared := _header(scope, b"content-length")) and int(declared) > self._max_bytes:
            await problem_of(self._refusal())(scope, receive, send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_bytes:
                raise self._refusal()
            return message

        await self._app(scope, bounded, send)

    def _refusal(self) -> BodyTooLarge:
        return BodyTooLarge(f"A request's body may have at most {self._max_bytes} bytes.")


def _is_relay(scope: Scope) -> bool:
    return scope["method"] == "PUT" and "/parts/" in scope["path"]


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _route(scope: Scope) -> str:
    """The pattern, never the path: paths hold file names."""
    route: Any = scope.get("route")
    return getattr(route, "path", "unknown")


def _observe(scope: Scope, status: int, seconds: float) -> None:
    route = _route(scope)
    _SECONDS.labels(scope["method"], route, status).observe(seconds)
    _logger.info(
        "request", method=scope["method"], route=route, status=status, milliseconds=round(seconds * 1000, 1)
    )
