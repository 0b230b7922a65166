"""Sessions: one signed-in device each."""

from fastapi import APIRouter, Response

from api_gateway.adapters.http import csrf
from api_gateway.adapters.http.cookies import Cookies
from api_gateway.adapters.http.encoding import encoded
from api_gateway.adapters.http.models import people
from api_gateway.adapters.http.operation import Identified, Operation, is_by_cookie
from api_gateway.adapters.http.parameters import ClientAddress, CommandId, CsrfToken, SessionId
from api_gateway.adapters.http.problems import declares
from api_gateway.adapters.http.refusals import MethodNotAllowed
from api_gateway.adapters.http.requests import Renewal, SignIn
from api_gateway.adapters.http.wiring import SessionsPort
from api_gateway.domain.identity import SessionList

router = APIRouter(route_class=Operation, tags=["sessions"])


@router.post(
    "/sessions",
    status_code=201,
    response_model=people.SignedIn | people.BrowserSignedIn,
    summary="Sign in",
    openapi_extra=declares("credentials_wrong", "too_many_attempts", "csrf_failed", headers=("Set-Cookie",)),
)
async def sign_in(
    sessions: SessionsPort, jar: Cookies, body: SignIn, __: CommandId, address: ClientAddress
) -> Response:
    """The access token lives for 10 minutes; the refresh token gives the next one.

    With `cookies`, both go into cookies that scripts cannot read, and a third tells scripts what to send in
    `Stowage-Csrf` with every request that is neither GET nor HEAD. Only pages of this server may ask for them.
    """
    if body.cookies:
        csrf.refuse_other_sites(jar.request)
    signed_in = await sessions.sign_in(
        email=body.email, password=body.password, device=body.device, client_address=address
    )
    if not body.cookies:
        return encoded(signed_in, 201)
    answer = encoded(signed_in.without_tokens(), 201)
    jar.keep(answer, signed_in)
    return answer


@router.post(
    "/sessions/refresh",
    response_model=people.Tokens | people.BrowserSession,
    summary="Renew your tokens",
    openapi_extra=declares(
        "refresh_token_invalid", "unauthenticated", "csrf_failed", headers=("Set-Cookie",)
    ),
)
async def refresh(
    sessions: SessionsPort,
    jar: Cookies,
    __: CommandId,
    _: CsrfToken = None,
    body: Renewal | None = None,
) -> Response:
    """Exchanges a refresh token for its successor and a new access token; a repeat within 60 s gives the same.

    Without one in the body, the cookie's is taken, and all three cookies are set anew; if its session is over, they
    are cleared.
    """
    if body is not None and body.refresh_token is not None:
        return encoded(await sessions.refresh(body.refresh_token))
    tokens = await sessions.refresh(jar.refresh_token())
    answer = encoded(tokens.without_tokens())
    jar.keep(answer, tokens)
    return answer


@router.delete("/sessions/refresh", include_in_schema=False)
async def no_session() -> Response:
    """Not a session of that name: a path is first what the document says it is."""
    raise MethodNotAllowed(("POST",))


@router.get("/sessions", response_model=people.SessionList, summary="Your sessions", openapi_extra=declares())
async def list_sessions(sessions: SessionsPort, _: Identified) -> Response:
    """Newest first."""
    return encoded(SessionList(await sessions.list()))


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    summary="Sign a device out",
    openapi_extra=declares("session_not_found", headers=("Set-Cookie",)),
)
async def end_session(
    sessions: SessionsPort, jar: Cookies, caller: Identified, session_id: SessionId, __: CommandId
) -> Response:
    """`current` is the one that asks. Its access token is refused from the next request on; its cookies are
    cleared, even if it was over before."""
    await sessions.end("" if session_id == "current" else session_id)
    answer = Response(status_code=204)
    if is_by_cookie(jar.request) and session_id in ("current", caller.session_id):
        jar.drop(answer)
    return answer
