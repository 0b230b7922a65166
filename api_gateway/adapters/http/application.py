"""The whole REST surface, put together from its routes."""

from functools import cache

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api_gateway.adapters.http import openapi
from api_gateway.adapters.http.browser_policy import BrowserPolicy, page_policy
from api_gateway.adapters.http.components import Document
from api_gateway.adapters.http.cors import Cors
from api_gateway.adapters.http.errors import handle_errors
from api_gateway.adapters.http.head import HeadOfGet
from api_gateway.adapters.http.middleware import HeaderLimit, RequestFrame
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
    pages,
    parts,
    search,
    sessions,
    streams,
    trash,
    uploads,
    versions,
    zips,
)
from api_gateway.adapters.http.served import Served
from api_gateway.adapters.http.web_page import WebPage
from api_gateway.adapters.http.wiring import Bounds, Ports

_ROUTERS = tuple(
    routes.router
    for routes in (
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
        zips,
        versions,
        uploads,
        bundles,
        file_forms,
        parts,
        streams,
    )
)
_DESCRIPTION = """Your team's files.

Errors are `application/problem+json`: `code` is stable and for programs, `detail` is for people. Lists are read page
by page with `cursor`. Every change takes an `Idempotency-Key`: after an answer that got lost, or a 503, repeat it
with the same key. Sizes are bytes, times RFC 3339 in UTC. Every GET answers HEAD, too: the same head without a body.

Beside what each operation declares, a path that none of them has answers 404 `route_not_found`, another method 405
`method_not_allowed`, and what is not HTTP 400 `request_malformed`.
"""
_TAGS = [
    {"name": "accounts", "description": "The people who can sign in"},
    {"name": "sessions", "description": "Their signed-in devices"},
    {"name": "nodes", "description": "Folders and files, by id or by path"},
    {"name": "folders", "description": "Made and listed"},
    {"name": "search", "description": "By name, and what changed last"},
    {"name": "trash", "description": "Where deleted nodes wait"},
    {"name": "jobs", "description": "What takes longer than a request"},
    {"name": "changes", "description": "What happened, for who follows a drive"},
    {"name": "files", "description": "Their bytes"},
    {"name": "versions", "description": "What files were before they were replaced"},
    {"name": "uploads", "description": "From bytes to a file"},
    {"name": "operations", "description": "For those who run it"},
]


def create_application(ports: Ports, bounds: Bounds) -> FastAPI:
    """An ASGI application; nothing is opened or started here."""
    app = _bare()
    for router in _ROUTERS:
        app.router.routes.extend(Served.of(route, PREFIX) for route in router.routes)
    _add_pages(app)
    app.state.ports = ports
    app.state.bounds = bounds
    # The last one added is the outermost.
    app.add_middleware(WebPage, files=bounds.web_files, policy=page_policy(bounds.storage_origins))
    app.add_middleware(HeadOfGet)
    app.add_middleware(HeaderLimit)
    app.add_middleware(RequestFrame)
    # Outside of what answers failures: a page that may ask must be able to read those, too.
    app.add_middleware(Cors, origins=bounds.cors_origins)
    app.add_middleware(BrowserPolicy, trusted_proxies=bounds.trusted_proxies)
    return app


@cache
def described() -> Document:
    """What `/openapi.json` says on every server; made once a process, because it takes a while."""
    app = _bare()
    for router in _ROUTERS:
        app.include_router(router, prefix=PREFIX)
    _add_pages(app)
    return openapi.document(app)


def _bare() -> FastAPI:
    app = FastAPI(
        title="Stowage",
        version="1",
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    handle_errors(app)
    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


def _add_pages(app: FastAPI) -> None:
    app.include_router(operations.router)
    app.include_router(pages.router)
    app.mount("/docs/assets", pages.docs_assets(), name="docs-assets")


def _operation_id(route: APIRoute) -> str:
    return route.name
