"""Sessions: one signed-in device each."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.errors import answers
from api_gateway.adapters.http.parameters import ClientAddress, Identified
from api_gateway.adapters.http.requests import Renewal, SignIn
from api_gateway.domain.identity import SessionList, SignedIn, Tokens
from api_gateway.ports.accounts import Sessions
from chassis.errors import Kind

SessionId = Annotated[
    str, Path(pattern=r"^(current|[0-9a-f]{32})$", description="A session's id, or `current`")
]


def session_routes(sessions: Sessions) -> APIRouter:
    router = APIRouter(tags=["sessions"])

    @router.post(
        "/sessions",
        status_code=201,
        response_model=SignedIn,
        responses=answers(Kind.UNAUTHENTICATED, Kind.THROTTLED),
    )
    async def sign_in(body: SignIn, address: ClientAddress) -> Response:
        """Sign in. The access token lives for 10 minutes; the refresh token gives the next one."""
        signed_in = await sessions.sign_in(
            email=body.email, password=body.password, device=body.device, client_address=address
        )
        return encoded(signed_in, 201)

    @router.post("/sessions/refresh", response_model=Tokens, responses=answers(Kind.UNAUTHENTICATED))
    async def refresh(body: Renewal) -> Response:
        """Exchange a refresh token for its successor and a new access token."""
        return encoded(await sessions.refresh(body.refresh_token))

    @router.get("/sessions", response_model=SessionList, responses=answers(Kind.UNAUTHENTICATED))
    async def list_sessions(_: Identified) -> Response:
        """Your sessions, newest first."""
        return encoded(SessionList(await sessions.list()))

    @router.delete(
        "/sessions/{session_id}",
        status_code=204,
        responses=answers(Kind.UNAUTHENTICATED, Kind.NOT_FOUND),
    )
    async def end_session(_: Identified, session_id: SessionId) -> Response:
        """Sign a device out; `current` is the one that asks."""
        await sessions.end("" if session_id == "current" else session_id)
        return Response(status_code=204)

    return router
