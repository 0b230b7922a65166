"""Sessions: one signed-in device each."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.models import people
from api_gateway.adapters.http.operation import Identified, Operation
from api_gateway.adapters.http.parameters import ClientAddress, CommandId, SessionId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.requests import Renewal, SignIn
from api_gateway.adapters.http.wiring import SessionsPort
from api_gateway.domain.identity import SessionList

router = APIRouter(route_class=Operation, tags=["sessions"])


@router.post(
    "/sessions",
    status_code=201,
    response_model=people.SignedIn,
    summary="Sign in",
    openapi_extra=declares("credentials_wrong", "too_many_attempts"),
)
async def sign_in(sessions: SessionsPort, body: SignIn, __: CommandId, address: ClientAddress) -> Response:
    """The access token lives for 10 minutes; the refresh token gives the next one."""
    signed_in = await sessions.sign_in(
        email=body.email, password=body.password, device=body.device, client_address=address
    )
    return encoded(signed_in, 201)


@router.post(
    "/sessions/refresh",
    response_model=people.Tokens,
    summary="Renew your tokens",
    openapi_extra=declares("refresh_token_invalid"),
)
async def refresh(sessions: SessionsPort, body: Renewal, __: CommandId) -> Response:
    """Exchanges a refresh token for its successor and a new access token; a repeat within 60 s gives the same."""
    return encoded(await sessions.refresh(body.refresh_token))


@router.get("/sessions", response_model=people.SessionList, summary="Your sessions", openapi_extra=declares())
async def list_sessions(sessions: SessionsPort, _: Identified) -> Response:
    """Newest first."""
    return encoded(SessionList(await sessions.list()))


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    summary="Sign a device out",
    openapi_extra=declares("session_not_found"),
)
async def end_session(
    sessions: SessionsPort, _: Identified, session_id: SessionId, __: CommandId
) -> Response:
    """`current` is the one that asks. Its access token is refused from the next request on."""
    await sessions.end("" if session_id == "current" else session_id)
    return Response(status_code=204)
