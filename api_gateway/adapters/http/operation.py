"""What every operation does before its body is looked at: who asks, then how much they may say.

FastAPI reads a body before it asks for anything else. Here a stranger's body is never read, and a relayed part is
not read before its upload is known.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from api_gateway.adapters.http.bodies import read_json
from api_gateway.adapters.http.wiring import bounds_of, ports_of
from api_gateway.domain.identity import Caller
from chassis.errors import Unauthenticated

_bearer = HTTPBearer(auto_error=False, description="The access token of `POST /api/v1/sessions`.")


async def _identified(request: Request, _: Annotated[object, Security(_bearer)]) -> Caller:
    caller = getattr(request.state, "caller", None)
    if not isinstance(caller, Caller):  # a route that is no Operation
        raise Unauthenticated("An access token is needed.")
    return caller


# Taking this parameter makes an operation one that needs an access token, in the document and before any body.
Identified = Annotated[Caller, Security(_identified)]


class Operation(APIRoute):
    """A route that knows from its own parameters whether it needs a caller and a JSON body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        serve = super().get_route_handler()
        needs_caller = any(each.call is _identified for each in self.dependant.dependencies)
        takes_json = self.body_field is not None

        async def handle(request: Request) -> Response:
            if needs_caller:
                request.state.caller = await _identify(request)
            if takes_json:
                bounds = bounds_of(request)
                request = await read_json(
                    request, max_bytes=bounds.max_body_bytes, seconds=bounds.body_seconds
                )
            return await serve(request)

        return handle


async def _identify(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send an access token: Authorization: Bearer …")
    return await ports_of(request).identify_caller(token.strip())
