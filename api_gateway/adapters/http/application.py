"""The whole REST surface, put together from its routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware

from api_gateway.adapters.http.errors import Problem, handle_errors
from api_gateway.adapters.http.middleware import BodyLimit, RequestFrame
from api_gateway.adapters.http.parameters import networks
from api_gateway.adapters.http.routes.accounts import account_routes
from api_gateway.adapters.http.routes.downloads import download_routes
from api_gateway.adapters.http.routes.nodes import node_routes
from api_gateway.adapters.http.routes.operations import add_operations
from api_gateway.adapters.http.routes.sessions import session_routes
from api_gateway.adapters.http.routes.trash import trash_routes
from api_gateway.adapters.http.routes.uploads import upload_routes
from api_gateway.app.identify_caller import IdentifyCaller
from api_gateway.app.relay_part import RelayPart
from api_gateway.ports.accounts import Accounts, Sessions
from api_gateway.ports.nodes import Nodes, Trash
from api_gateway.ports.storage import Storage
from api_gateway.ports.uploads import Uploads

PREFIX = "/api/v1"
_EXPOSED = ["ETag", "Retry-After", "Stowage-Seq", "X-Request-Id", "Content-Disposition"]
_DESCRIPTION = (
    "Your team's files. Errors are `application/problem+json`; `code` is stable, `detail` is for people."
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything the routes need of the world."""

    identify_caller: IdentifyCaller
    accounts: Accounts
    sessions: Sessions
    nodes: Nodes
    trash: Trash
    uploads: Uploads
    relay_part: RelayPart
    storage: Storage
    missing: Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What this server lets in: bytes of a body, origins of browsers, proxies whose word on addresses counts."""

    max_body_bytes: int = 2**20
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()


def create_application(ports: Ports, bounds: Bounds) -> FastAPI:
    """An ASGI application; nothing is opened or started here."""
    app = FastAPI(title="Stowage", version="1", description=_DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.identify_caller = ports.identify_caller
    app.state.trusted_proxies = networks(list(bounds.trusted_proxies))
    for router in (
        account_routes(ports.accounts),
        session_routes(ports.sessions),
        node_routes(ports.nodes),
        trash_routes(ports.trash),
        upload_routes(ports.uploads, ports.relay_part),
        download_routes(ports.uploads, ports.storage),
    ):
        app.include_router(router, prefix=PREFIX)
    add_operations(app, ports.missing)
    handle_errors(app)
    app.add_middleware(BodyLimit, max_bytes=bounds.max_body_bytes)
    if bounds.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(bounds.cors_origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "Stowage-Part-Sha256",
            ],
            expose_headers=_EXPOSED,
        )
    app.add_middleware(RequestFrame)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with our problems in place of its own validation errors."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema
