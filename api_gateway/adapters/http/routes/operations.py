"""For those who run it: is it alive, is it ready."""

import msgspec
from fastapi import APIRouter, Request, Response

from api_gateway.adapters.http.models.health import Alive, Readiness
from api_gateway.adapters.http.wiring import ports_of

router = APIRouter(tags=["operations"])


@router.get("/health/live", response_model=Alive, summary="Whether the process can answer")
async def live() -> Response:
    """Always the same: without an answer it is dead."""
    return Response(b'{"alive":true}', media_type="application/json")


@router.get(
    "/health/ready",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "It takes no work: starting up, or going down"}},
    summary="Whether it takes work",
)
async def ready(request: Request) -> Response:
    """A service that is away takes only its own capability along: the rest goes on, and this stays 200."""
    ports = ports_of(request)
    not_ready = ports.not_ready()
    body = {
        "ready": not not_ready,
        "missing": {**ports.missing(), **not_ready},
        "capabilities": ports.available(),
    }
    return Response(msgspec.json.encode(body), 503 if not_ready else 200, media_type="application/json")
