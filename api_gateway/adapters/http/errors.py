"""One of the two tables of status codes: what sort of trouble is which HTTP status. Answers are RFC 9457 problems."""

import json
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api_gateway.domain.errors import RangeNotSatisfiable
from chassis.errors import DomainError, Kind
from chassis.telemetry import current_request_id

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
_RETRIABLE = (Kind.THROTTLED, Kind.UNAVAILABLE)
_DEFAULT_RETRY_AFTER_SECONDS = 1
# What the framework answers by itself: a path that is no operation, a method that it has not, a body it cannot read.
_CODE_OF_STATUS = {404: "route_not_found", 405: "method_not_allowed"}
PROBLEM = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457. `code` is stable and for programs; `detail` is for people."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["The folder has an entry of this name."])
    code: str = Field(examples=["name_taken"])
    request_id: str = Field(examples=["0b7f5c9e1f6b4f0f9a3f6b2f8a1d2c3e"])


def problem(status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that says what is wrong."""
    title = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "request_id": current_request_id(),
    }
    content = json.dumps(body, ensure_ascii=True)
    return Response(content, int(status), media_type=PROBLEM, headers=dict(headers or {}))


def problem_of(error: DomainError) -> Response:
    """The answer for a refusal; what is not meant for people's eyes stays opaque."""
    if error.kind is Kind.INTERNAL:
        return problem(500, "internal", "Something went wrong on our side.")
    headers = {}
    if error.kind in _RETRIABLE:
        seconds = error.retry_after_seconds or _DEFAULT_RETRY_AFTER_SECONDS
        headers["Retry-After"] = str(math.ceil(seconds))
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    status = 416 if isinstance(error, RangeNotSatisfiable) else STATUS_OF_KIND[error.kind]
    return problem(status, error.code, error.detail, headers=headers)


def answers(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The problems an operation declares: these, and the ones that any operation may answer."""
    every = (*kinds, Kind.INVALID, Kind.UNAVAILABLE, Kind.INTERNAL)
    return {
        int(STATUS_OF_KIND[kind]): {
            "description": STATUS_OF_KIND[kind].phrase,
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for kind in every
    }


def handle_errors(app: FastAPI) -> None:
    """Whatever is raised becomes a problem; what nobody knows is left to the outermost middleware."""

    @app.exception_handler(DomainError)
    async def refused(_: Request, error: DomainError) -> Response:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return problem(422, "invalid_argument", _words(error))

    @app.exception_handler(HTTPException)
    async def framework(_: Request, error: HTTPException) -> Response:
        code = _CODE_OF_STATUS.get(error.status_code, "invalid_argument")
        return problem(error.status_code, code, str(error.detail), headers=error.headers)


def _words(error: RequestValidationError) -> str:
    """Where and what, never the value: it may be a password, or not be text at all."""
    complaints = (f"{'.'.join(str(step) for step in each['loc'])}: {each['msg']}" for each in error.errors())
    return "; ".join(complaints).encode("utf-8", "replace").decode()[:1000]
