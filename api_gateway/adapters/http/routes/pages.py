"""Pages for people: what this is, and what can be done with it. No page asks a third party for anything."""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from api_gateway.adapters.http.browser_policy import DOCS_POLICY

router = APIRouter(include_in_schema=False)
_DOCS_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Stowage API</title>
<link rel="icon" href="/docs/assets/favicon.png">
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


@router.get("/")
async def front_page() -> Response:
    return HTMLResponse(_FRONT_PAGE)


@router.get("/docs")
async def docs() -> Response:
    return HTMLResponse(_DOCS_PAGE, headers={"Content-Security-Policy": DOCS_POLICY})


@router.get("/docs/start.js")
async def docs_start() -> Response:
    return Response(_DOCS_START, media_type="text/javascript")


def docs_assets() -> StaticFiles:
    """Swagger UI as a PyPI package brings it; of swagger-ui-bundle's 1.1.0, 4.15 cannot read OpenAPI 3.1."""
    return StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static")
