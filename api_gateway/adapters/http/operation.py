"""What every operation does before its body is looked at: who asks, then how much they may say.

FastAPI reads a body before it asks for anything else. Here a stranger's body is never read, and a relayed part is
not read before its upload is known.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer

from api_gateway.adapters.http import csrf
from api_gateway.adapters.http.bodies import STRANGERS_BYTES, read_json
from api_gateway.adapters.http.cookies import SESSION_IS_OVER, CookieJar, cookie_jar
from api_gateway.adapters.http.errors import problem_of
from api_gateway.adapters.http.wiring import bounds_of, ports_of
from api_gateway.domain.identity import Caller
from chassis.errors import DomainError, Unauthenticated

_bearer = HTTPBearer(auto_error=False, description="The access token of `POST /api/v1/sessions`.")
_cookie = APIKeyCookie(
    name="stowage_access",
    auto_error=False,
    description="For browsers: `POST /api/v1/sessions` with `cookies` sets it. Over HTTPS it is called "
    "`__Host-stowage_access`. An Authorization header wins over it.",
)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


async def _identified(
    request: Request,
    _: Annotated[object, Security(_bearer)] = None,
    __: Annotated[object, Security(_cookie)] = None,
) -> Caller:
    """The other two are for the document only."""
    caller = getattr(request.state, "caller", None)
    if not isinstance(caller, Caller):  # a route that is no Operation
        raise Unauthenticated("An access token is needed.")
    return caller


# Taking this parameter makes an operation one that needs an access token, in the document and before any body.
Identified = Annotated[Caller, Security(_identified)]


class Operation(APIRoute):
    """A route that knows from its own parameters whether it needs a caller, a JSON body or a browser's cookies."""

    def get_route_handler(self) -> Handler:
        return self.handling(self.serving())

    def handling(self, serve: Handler) -> Handler:
        """What comes before `serve`, which takes a request whose caller and body are known."""
        needs_caller = any(each.call is _identified for each in self.dependant.dependencies)
        keeps_cookies = any(each.call is cookie_jar for each in self.dependant.dependencies)
        takes_json = self.body_field is not None

        async def handle(request: Request) -> Response:
            if needs_caller:
                request.state.caller = await identify(request)
            if takes_json:
                bounds = bounds_of(request)
                max_bytes = (
                    bounds.max_body_bytes if needs_caller else min(bounds.max_body_bytes, STRANGERS_BYTES)
                )
                request = await read_json(request, max_bytes=max_bytes, seconds=bounds.body_seconds)
            return await serve(request)

        return _forgetting(handle) if keeps_cookies else handle

    def serving(self) -> Handler:
        """What serves a request whose caller and body are known."""
        return super().get_route_handler()


def _forgetting(handle: Handler) -> Handler:
    """A browser whose session is found to be over loses its cookies: it could do nothing with them."""

    async def forget(request: Request) -> Response:
        try:
            return await handle(request)
        except DomainError as error:
            if error.code not in SESSION_IS_OVER or not is_by_cookie(request):
                raise
            answer = problem_of(error)
            CookieJar(request).drop(answer)
            return answer

    return forget


def is_by_cookie(request: Request) -> bool:
    """Whether cookies speak for this request."""
    return getattr(request.state, "is_by_cookie", False)


async def identify(request: Request) -> Caller:
    """Who asks, as of now. An Authorization header wins over cookies: no browser sends one by itself."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        return await _identify_by_cookie(request)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send an access token: Authorization: Bearer …")
    return await ports_of(request).identify_caller(token.strip())


async def _identify_by_cookie(request: Request) -> Caller:
    token = CookieJar(request).access_token
    if not token:
        raise Unauthenticated("Send an access token: Authorization: Bearer …")
    request.state.is_by_cookie = True
    if csrf.is_unsafe(request):
        csrf.refuse_other_sites(request)
    caller = await ports_of(request).identify_caller(token)
    if csrf.is_unsafe(request):
        csrf.refuse_without_token(request, caller.session_id)
    return caller
