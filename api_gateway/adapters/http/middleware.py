"""What happens to every request: an id, bounds on its head, one line in the log."""

from functools import cache
from http import HTTPStatus
from time import perf_counter
from typing import Any

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_gateway.adapters.http.addresses import is_among
from api_gateway.adapters.http.errors import OPAQUE, problem, problem_of
from api_gateway.adapters.http.refusals import HeadersTooLarge
from chassis.telemetry import bind_request_id, current_request_id, get_logger, unbind_request_id
from chassis.tracing import SERVER, TRACEPARENT, Span, span

MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 100
_logger = get_logger(__name__)
_SECONDS = Histogram("stowage_http_seconds", "Requests served", ("method", "route", "status"))
# labels() takes a lock and builds a tuple each time; there are few triples.
_seconds_of = cache(lambda method, route, status: _SECONDS.labels(method, route, status).observe)
_KNOWN_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class RequestFrame:
    """Whatever nobody handled is logged here, once, and answered opaquely."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = bind_request_id(_header(scope, b"x-request-id"))
        try:
            with span("HTTP", SERVER, {"url.scheme": scope["scheme"]}, parent=_parent(scope)) as current:
                await self._serve(scope, receive, send, current)
        finally:
            unbind_request_id(token)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, current: Span) -> None:
        started, answer = perf_counter(), _Answer(send)
        try:
            await self._app(scope, receive, answer)
        except Exception:
            _logger.exception("request_failed", method=scope["method"], route=_route(scope))
            # With the head out, the server cuts the connection: the only way left to say that it failed.
            if not answer.status:
                failure = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", OPAQUE)
                await failure(scope, receive, answer)
        finally:
            _observe(scope, answer.status, perf_counter() - started)
            _describe(current, scope, answer.status)


class _Answer:
    """Says which request it answers."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            headers = [*message.get("headers", ()), (b"x-request-id", current_request_id().encode())]
            message = {**message, "headers": headers}
        await self._send(message)


class HeaderLimit:
    """No request of ours needs more. server.py has a coarser bound on what is read at all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_too_much(scope):
            refusal = HeadersTooLarge(f"At most {MAX_HEADERS} headers, and {MAX_HEADER_BYTES} bytes in all.")
            await problem_of(refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_too_much(scope: Scope) -> bool:
    headers = scope["headers"]
    address = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    size = address + sum(len(name) + len(value) for name, value in headers)
    return len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _route(scope: Scope) -> str:
    """The pattern, never the path: paths hold file names."""
    route: Any = scope.get("route")
    return getattr(route, "path", "none")


def _parent(scope: Scope) -> str:
    """The trace that a proxy of ours has begun. A stranger's would fill our collector at their will."""
    traceparent, peer = _header(scope, TRACEPARENT.encode()), scope.get("client")
    if traceparent is None or peer is None:
        return ""
    return traceparent if is_among(peer[0], scope["app"].state.bounds.trusted_proxies) else ""


def _method(scope: Scope) -> str:
    """Any word that a stranger makes up may stand there: each would be a time series of its own."""
    method: str = scope["method"]
    return method if method in _KNOWN_METHODS else "other"


def _describe(current: Span, scope: Scope, status: int) -> None:
    method, route = _method(scope), _route(scope)
    current.name(f"{method} {route}")
    current.note("http.request.method", method)
    current.note("http.route", route)
    current.note("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        current.fail(str(status))


def _observe(scope: Scope, status: int, seconds: float) -> None:
    method, route = _method(scope), _route(scope)
    _seconds_of(method, route, status)(seconds)
    _logger.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 2))
