"""One of the two tables of status codes: what sort of trouble is which HTTP status. Answers are RFC 9457 problems."""

import json
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api_gateway.adapters.http.refusals import MethodNotAllowed, RequestMalformed, RouteNotFound
from api_gateway.domain.errors import OffsetWrong, RangeNotSatisfiable, StepRefused
from chassis.errors import DomainError, InvalidArgument, Kind
from chassis.telemetry import current_request_id

PROBLEM = "application/problem+json"
STATUS_OF_KIND: Mapping[Kind, HTTPStatus] = {
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.STALE: HTTPStatus.PRECONDITION_FAILED,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Kind.QUOTA: HTTPStatus.INSUFFICIENT_STORAGE,
    Kind.THROTTLED: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Kind.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
# Where HTTP has a word of its own for what is only "invalid" everywhere else.
STATUS_OF_CODE: Mapping[str, HTTPStatus] = {
    "request_malformed": HTTPStatus.BAD_REQUEST,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "request_timeout": HTTPStatus.REQUEST_TIMEOUT,
    "length_required": HTTPStatus.LENGTH_REQUIRED,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "range_not_satisfiable": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "headers_too_large": HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}
OPAQUE = "Something went wrong on our side."
_RETRIABLE = (Kind.THROTTLED, Kind.UNAVAILABLE)
_DEFAULT_RETRY_AFTER_SECONDS = 1
# What nginx writes into its log for a client that went away; nobody receives it.
_CLIENT_GONE = 499


def status_of(kind: Kind, code: str) -> HTTPStatus:
    """The status that a refusal is answered with."""
    return STATUS_OF_CODE.get(code) or STATUS_OF_KIND[kind]


def problem(status: HTTPStatus, code: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that says what is wrong."""
    body = _body(status, code, detail)
    return Response(json.dumps(body), int(status), media_type=PROBLEM, headers=dict(headers or {}))


def problem_of(error: DomainError) -> Response:
    """The answer for a refusal; what is not meant for people's eyes stays opaque."""
    body = told(error)
    return Response(json.dumps(body), body["status"], media_type=PROBLEM, headers=_headers_of(error))


def told(error: DomainError) -> dict[str, Any]:
    """The same as it stands in an answer, where it is one of many."""
    if error.kind is Kind.INTERNAL:
        body = _body(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", OPAQUE)
    else:
        body = _body(status_of(error.kind, error.code), error.code, error.detail)
    if isinstance(error, OffsetWrong):
        return {**body, "offset": error.offset}
    return {**body, "step": error.step} if isinstance(error, StepRefused) else body


def _body(status: HTTPStatus, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail or status.phrase,
        "code": code,
        "request_id": current_request_id(),
    }


def _headers_of(error: DomainError) -> dict[str, str]:
    headers = {}
    if error.kind in _RETRIABLE:
        seconds = error.retry_after_seconds or _DEFAULT_RETRY_AFTER_SECONDS
        headers["Retry-After"] = str(math.ceil(seconds))
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, RangeNotSatisfiable) and error.size_bytes is not None:
        headers["Content-Range"] = f"bytes */{error.size_bytes}"
    return headers


def handle_errors(app: FastAPI) -> None:
    """Whatever is raised becomes a problem; what nobody knows is left to the outermost middleware."""

    @app.exception_handler(DomainError)
    async def refused(_: Request, error: DomainError) -> Response:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return problem_of(InvalidArgument(_words(error)))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        return problem_of(_meaning(request, error))

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=_CLIENT_GONE)


def _meaning(request: Request, error: HTTPException) -> DomainError:
    """The framework raises by itself for a path or method that nothing serves, and hardly anything else."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return RouteNotFound("Nothing has this address.")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed(_allowed(request))
    return RequestMalformed("The request cannot be read.")


def _allowed(request: Request) -> tuple[str, ...]:
    """All methods of this path: the framework names those of the first route that fits. A route that only fits the
    address by a parameter, as `/sessions/{session_id}` does `/sessions/refresh`, is another path."""
    path = getattr(request.scope.get("route"), "path", None)
    routes = [
        each.original_route
        for each in iter_route_contexts(request.app.routes)
        if getattr(each.original_route, "path", None) == path and each.include_in_schema
    ]
    methods = {method for route in routes for method in getattr(route, "methods", None) or ()} or {"GET"}
    return tuple(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _words(error: RequestValidationError) -> str:
    """Where and what, never the value: it may be a password, or not be text at all."""
    complaints = (
        f"{'.'.join(str(step) for step in each['loc'])}: {each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()
    )
    return "; ".join(complaints).encode("utf-8", "replace").decode()[:1000]
