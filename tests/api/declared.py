"""Believing nothing: each answer must be one that the document declares, in status, type, code and form."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from api_gateway.adapters.http.browser_policy import ALWAYS
from api_gateway.adapters.http.models.problem import Problem
from api_gateway.adapters.http.paths import PREFIX
from api_gateway.adapters.http.routes import (
    accounts,
    batches,
    bundles,
    changes,
    file_forms,
    files,
    folders,
    jobs,
    nodes,
    operations,
    parts,
    search,
    sessions,
    streams,
    trash,
    uploads,
    versions,
)
from tests.fakes.gateway import GatewayWorld

EVERY_ROUTER = (
    accounts,
    sessions,
    nodes,
    batches,
    folders,
    search,
    trash,
    jobs,
    changes,
    files,
    versions,
    uploads,
    bundles,
    file_forms,
    parts,
    streams,
    operations,
)
PROBLEM = "application/problem+json"
# Of what goes on: it has no result yet.
NOT_YET = {("Stowage-Seq", 202), ("ETag", 202)}
# Whose answer tells a place in the journal only if it made a file.
MAY_MAKE_A_FILE = {"start_upload", "use_known"}


@cache
def declared() -> "Declared":
    """Made once for a whole run: it costs a quarter of a second, and all applications declare the same."""
    return Declared(GatewayWorld().application())


class Declared:
    """The document of one application, and the models behind it."""

    def __init__(self, app: FastAPI) -> None:
        self.document = app.openapi()
        self.resolved = _resolved(self.document, self.document)
        self._models = dict(_models())

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, methods in self.resolved["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        if path in self.resolved["paths"]:
            found: dict[str, Any] | None = self.resolved["paths"][path].get(method.lower())
            return found
        fitting = [
            (template, operation)
            for each, template, operation in self.operations()
            if each == method and _pattern(template).fullmatch(path)
        ]
        return max(fitting, key=lambda it: it[0].count("/"))[1] if fitting else None

    def check(self, answer: httpx.Response) -> None:
        path = answer.request.url.raw_path.decode().partition("?")[0]
        operation = self.operation(answer.request.method, path)
        _check_headers(answer, path)
        if "set-cookie" in answer.headers:
            assert operation is not None
            assert "Set-Cookie" in operation["responses"][str(answer.status_code)]["headers"]
        if answer.request.method == "HEAD":
            _check_head(answer, operation)
            return
        if answer.status_code >= 400 and "/health/" not in path:
            _check_problem(answer, operation)
        elif operation is not None:
            self._check_success(answer, operation)

    def _check_success(self, answer: httpx.Response, operation: dict[str, Any]) -> None:
        status = str(answer.status_code)
        assert status in operation["responses"], f"{operation['operationId']} does not declare {status}"
        declared = operation["responses"][status]
        absent = {"Set-Cookie"}  # for browsers only
        if answer.headers.get("content-type", "").startswith("multipart/byteranges"):
            absent.add("Content-Range")  # must not be there (RFC 9110, 15.3.7.2)
        if operation["operationId"] in MAY_MAKE_A_FILE:
            absent.add("Stowage-Seq")
        for name in declared["headers"].keys() - absent:
            assert name in answer.headers or (name, answer.status_code) in NOT_YET, f"{name} is missing"
        if answer.status_code in (204, 302, 304):
            assert answer.content == b""
            return
        model = self._models.get((operation["operationId"], answer.status_code))
        if answer.headers["content-type"] == "application/json":
            assert model is not None
            model.validate_json(answer.content, strict=True, extra="forbid")


def _resolved(value: Any, document: dict[str, Any]) -> Any:
    """The same with everything in its place, but for schemas, which may hold themselves."""
    if isinstance(value, list):
        return [_resolved(each, document) for each in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("$ref", "#/components/schemas/")).startswith("#/components/schemas/"):
        return {key: _resolved(each, document) for key, each in value.items()}
    found: Any = document
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return _resolved(found, document)


def _models() -> "Iterator[tuple[tuple[str, int], TypeAdapter[Any]]]":
    for module in EVERY_ROUTER:
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            if route.response_model is not None:
                yield (route.name, route.status_code or 200), TypeAdapter(route.response_model)
            for status, response in route.responses.items():
                if "model" in response:
                    yield (route.name, int(status)), TypeAdapter(response["model"])


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    return re.compile("".join(_piece(part) for part in parts))


def _piece(part: str) -> str:
    if part == "{path}":
        return ".*"
    return "[^/]+" if part.startswith("{") else re.escape(part)


def _check_headers(answer: httpx.Response, path: str) -> None:
    assert answer.headers["x-request-id"]
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    if path.startswith(PREFIX):
        assert answer.headers["cache-control"] == "no-store"


def _check_head(answer: httpx.Response, operation: dict[str, Any] | None) -> None:
    assert answer.content == b""
    if operation is not None:
        assert str(answer.status_code) in operation["responses"]


def _check_problem(answer: httpx.Response, operation: dict[str, Any] | None) -> None:
    assert answer.headers["content-type"] == PROBLEM
    problem = Problem.model_validate_json(answer.content, extra="forbid")
    assert problem.status == answer.status_code
    assert problem.request_id == answer.headers["x-request-id"]
    if answer.status_code in (429, 503):
        assert int(answer.headers["retry-after"]) >= 1
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    if operation is None:
        assert problem.code in ("route_not_found", "method_not_allowed", "headers_too_large")
        return
    declared = operation["responses"].get(str(answer.status_code))
    assert declared is not None, (
        f"{operation['operationId']} does not declare {problem.status} {problem.code}"
    )
    codes = declared["content"][PROBLEM]["schema"]["properties"]["code"]["enum"]
    assert problem.code in codes, f"{operation['operationId']} does not declare {problem.code}"
