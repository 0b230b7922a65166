"""The document of the API: FastAPI's, made truthful about refusals and headers.

An operation says what is its own (problems.declares); what follows from its form, such as that a body can be too
large, is added here. What operations have in common is then moved to `components` (components.py).
"""

from collections import defaultdict
from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api_gateway.adapters.http import csrf
from api_gateway.adapters.http.components import Document, reference, share
from api_gateway.adapters.http.cookies import SESSION_IS_OVER
from api_gateway.adapters.http.errors import PROBLEM, status_of
from api_gateway.adapters.http.examples import illustrate
from api_gateway.adapters.http.headers import described
from api_gateway.adapters.http.links import connect
from api_gateway.adapters.http.models.problem import Problem
from api_gateway.adapters.http.problems import CODES, CODES_KEY, HEADERS_KEY
from api_gateway.adapters.http.tidiness import tidy
from chassis.errors import Kind

_OF_JSON_BODIES = ("body_malformed", "body_too_large", "unsupported_media_type", "request_timeout")
_COOKIE, _CSRF = "APIKeyCookie", "CsrfHeader"
_CSRF_SCHEME = {
    "type": "apiKey",
    "in": "header",
    "name": csrf.HEADER,
    "description": "With cookies, for all that is not GET: the value of the cookie `stowage_csrf` (over HTTPS "
    "`__Host-stowage_csrf`).",
}
# Every GET answers HEAD, as the document's first words say; where people ask for it, it stands by itself.
_ASKED_FOR_BY_HEAD = "/content"


def document(app: FastAPI) -> Document:
    """The whole of it."""
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
    made["components"]["headers"] = described()
    for path in made["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    connect(made)
    illustrate(made)
    _add_head(made)
    tidy(made)
    share(made)
    return made


def _complete(method: str, operation: Document) -> None:
    if method != "get" and "security" in operation:
        operation["security"] = [_with_csrf(way) for way in operation["security"]]
    declared = operation.pop(CODES_KEY, None)
    headers = operation.pop(HEADERS_KEY, [])
    responses = operation["responses"]
    responses.pop("422", None)
    if declared is not None:  # else not of the API: health
        for status, answer in responses.items():
            if status.startswith("2"):
                of_this = [*headers, "Location"] if status == "202" else headers
                answer.setdefault("headers", {}).update(_referred(of_this))
        codes = {*declared, *_common(operation)}
        responses.update(_refusals(codes))
        if "Set-Cookie" in headers and codes & SESSION_IS_OVER:
            responses["401"]["headers"].update(_referred(["Set-Cookie"]))
    for answer in responses.values():
        answer.setdefault("headers", {}).update(_referred(["X-Request-Id"]))


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
    answer: Document = {
        "description": " ".join(f"`{code}`: {CODES[code].words}" for code in codes),
        "content": {
            PROBLEM: {"schema": schema, "examples": {code: reference("examples", code) for code in codes}}
        },
    }
    kind = CODES[codes[0]].kind
    if kind in (Kind.THROTTLED, Kind.UNAVAILABLE):
        answer["headers"] = _referred(["Retry-After"])
    if kind is Kind.UNAUTHENTICATED:
        answer["headers"] = _referred(["WWW-Authenticate"])
    return answer


def _add_head(made: Document) -> None:
    for path, methods in made["paths"].items():
        if path.endswith(_ASKED_FOR_BY_HEAD):
            methods["head"] = _without_bodies(methods["get"])


def _without_bodies(operation: Document) -> Document:
    """What HEAD answers: the statuses and headers of GET, and nothing else (RFC 9110, 9.3.2)."""
    answers = {
        status: {key: value for key, value in answer.items() if key in ("description", "headers")}
        for status, answer in operation["responses"].items()
    }
    return {
        **operation,
        "summary": f"{operation['summary']}: the head only",
        "description": "Answers as GET does, without a body.",
        "operationId": operation["operationId"].replace("get_", "head_"),
        "responses": answers,
    }


def _referred(names: Iterable[str]) -> Document:
    return {name: reference("headers", name) for name in names}
