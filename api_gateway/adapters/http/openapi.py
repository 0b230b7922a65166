"""The document of the API: FastAPI's, made truthful about refusals and headers.

An operation says what is its own (problems.declares); what follows from its form, such as that a body can be too
large, is added here.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api_gateway.adapters.http import csrf
from api_gateway.adapters.http.cookies import SESSION_IS_OVER
from api_gateway.adapters.http.errors import PROBLEM, status_of
from api_gateway.adapters.http.models.problem import Problem
from api_gateway.adapters.http.problems import CODES, CODES_KEY, HEADERS_KEY
from chassis.errors import Kind

Document = dict[str, Any]
_REQUEST_ID = "0b7f5c9e1f6b4f0f9a3f6b2f8a1d2c3e"
_OF_JSON_BODIES = ("body_malformed", "body_too_large", "unsupported_media_type", "request_timeout")
_COOKIE, _CSRF = "APIKeyCookie", "CsrfHeader"
_CSRF_SCHEME = {
    "type": "apiKey",
    "in": "header",
    "name": csrf.HEADER,
    "description": "With cookies, for all that is not GET: the value of the cookie `stowage_csrf` (over HTTPS "
    "`__Host-stowage_csrf`).",
}
_HEADERS: dict[str, str] = {
    "ETag": "The node's revision, for If-Match",
    "Retry-After": "Seconds",
    "Set-Cookie": "For browsers that use cookies: they are set anew, or cleared when the session is over",
    "Stowage-Seq": "The drive's place in its journal: `<driveid>.<journal_id>.<seq>`",
    "WWW-Authenticate": "The scheme to use",
    "X-Request-Id": "The id of this request in every log; yours if you sent a usable one",
}


def document(app: FastAPI) -> Document:
    """Made once; later calls give the same."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = made["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = Problem.model_json_schema()
        made["components"]["securitySchemes"][_CSRF] = _CSRF_SCHEME
        for path in made["paths"].values():
            for method, operation in path.items():
                _complete(method, operation)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(method: str, operation: Document) -> None:
    if method != "get" and "security" in operation:
        operation["security"] = [_with_csrf(way) for way in operation["security"]]
    declared = operation.pop(CODES_KEY, None)
    headers = operation.pop(HEADERS_KEY, [])
    responses = operation["responses"]
    if declared is None:  # not of the API: health
        responses.pop("422", None)
    else:
        responses.pop("422", None)
        for status, answer in responses.items():
            if status.startswith("2") and headers:
                answer.setdefault("headers", {}).update(_described(headers))
        codes = {*declared, *_common(operation)}
        responses.update(_refusals(codes))
        if "Set-Cookie" in headers and codes & SESSION_IS_OVER:
            responses["401"]["headers"].update(_described(["Set-Cookie"]))
    for answer in responses.values():
        answer.setdefault("headers", {}).update(_described(["X-Request-Id"]))


def _with_csrf(way: Document) -> Document:
    return {**way, _CSRF: []} if _COOKIE in way else way


def _common(operation: Document) -> Iterable[str]:
    """What follows from an operation's form."""
    yield from ("internal", "unavailable", "headers_too_large")
    if operation.get("security"):
        yield from ("unauthenticated", "session_ended")
        if any(_CSRF in way for way in operation["security"]):
            yield "csrf_failed"
    if operation.get("parameters") or "requestBody" in operation:
        yield "invalid_argument"
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        yield from _OF_JSON_BODIES


def _refusals(codes: set[str]) -> Document:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in sorted(codes):
        by_status[int(status_of(CODES[code].kind, code))].append(code)
    return {str(status): _refusal(status, by_status[status]) for status in sorted(by_status)}


def _refusal(status: int, codes: list[str]) -> Document:
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Problem"}],
        "properties": {"status": {"const": status}, "code": {"enum": codes}},
    }
    examples = {code: {"summary": CODES[code].words, "value": _example(status, code)} for code in codes}
    answer: Document = {
        "description": " ".join(f"`{code}`: {CODES[code].words}" for code in codes),
        "content": {PROBLEM: {"schema": schema, "examples": examples}},
    }
    kind = CODES[codes[0]].kind
    if kind in (Kind.THROTTLED, Kind.UNAVAILABLE):
        answer["headers"] = _described(["Retry-After"])
    if kind is Kind.UNAUTHENTICATED:
        answer["headers"] = _described(["WWW-Authenticate"])
    return answer


def _example(status: int, code: str) -> Document:
    return {
        "type": "about:blank",
        "title": status_of(CODES[code].kind, code).phrase,
        "status": status,
        "detail": CODES[code].words,
        "code": code,
        "request_id": _REQUEST_ID,
    }


def _described(names: Iterable[str]) -> Document:
    return {name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in names}
