"""For those who run it: is it alive, is it ready, and what is it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import fastapi_offline
import msgspec
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)
_DOCS_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Stowage API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>"""
_DOCS_START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true});'
_FRONT_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Stowage</title></head>
<body><h1>Stowage</h1><p>This server keeps your team's files. Use it with the <code>stowage</code> command, or
<a href="/docs">from a program</a>.</p></body>
</html>"""


def add_operations(app: FastAPI, missing: Callable[[], Mapping[str, str]]) -> None:
    """`missing` says which conditions of readiness do not hold, in words."""

    @app.get("/health/live", include_in_schema=False)
    async def live() -> Response:
        return Response('{"alive":true}', media_type="application/json")

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> Response:
        lacking = dict(missing())
        body = msgspec.json.encode({"ready": not lacking, "missing": lacking})
        return Response(body, 503 if lacking else 200, media_type="application/json")

    @app.get("/", include_in_schema=False)
    async def front_page() -> Response:
        return HTMLResponse(_FRONT_PAGE)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(_DOCS_PAGE, headers={"Content-Security-Policy": _DOCS_POLICY})

    @app.get("/docs/start.js", include_in_schema=False)
    async def docs_start() -> Response:
        return Response(_DOCS_START, media_type="text/javascript")

    assets = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/docs/assets", StaticFiles(directory=assets), name="docs-assets")
