"""Operations as they are served, beside the document that is made of them."""

from dataclasses import replace
from inspect import iscoroutinefunction
from typing import Any, Self

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from api_gateway.adapters.http.operation import Handler, Operation
from api_gateway.adapters.http.taking import Unfit, taker_of


class Served(Operation):
    """An operation under its whole path, for requests and not for the document.

    FastAPI solves every dependency anew for each request, 40 µs each; those that need nothing but the request, as the
    ports and the caller, are called directly here. Of most operations the parameters are taken directly, too: see
    `taking`. What goes wrong on that way is answered by the application, as everywhere.
    """

    _beginning = ""

    @classmethod
    def of(cls, route: APIRoute, prefix: str) -> Self:
        served = cls(
            prefix + route.path,
            route.endpoint,
            methods=route.methods,
            name=route.name,
            include_in_schema=route.include_in_schema,
        )
        served._beginning = served.path.partition("{")[0]
        served.path = route.path  # what metrics and logs call it
        take = taker_of(_directly(served.dependant), route.endpoint)
        if take is not None:
            served.app = _directly_served(served.handling(take), served.app)
        return served

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Most are none: without looking closely."""
        if not scope["path"].startswith(self._beginning) and not scope.get("root_path"):
            return Match.NONE, {}
        return super().matches(scope)

    def serving(self) -> Handler:
        whole = self.dependant
        self.dependant = _directly(whole)
        try:
            return super().serving()
        finally:
            self.dependant = whole


def _directly_served(handle: Handler, otherwise: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await handle(Request(scope, receive, send))
        except Unfit:
            await otherwise(scope, receive, send)
        else:
            await answer(scope, receive, send)

    return serve


def _directly(dependant: Dependant) -> Dependant:
    """The same, with those dependencies solved by hand."""
    simple = [each for each in dependant.dependencies if _needs_only_the_request(each)]
    endpoint: Any = dependant.call
    passes_request = dependant.request_param_name is not None
    name_of_request = dependant.request_param_name or "request"
    calls: list[tuple[str, Any]] = [(each.name or "", each.call) for each in simple]

    async def call(**values: Any) -> Any:
        request = values[name_of_request] if passes_request else values.pop(name_of_request)
        for name, solve in calls:
            values[name] = await solve(request)
        return await endpoint(**values)

    others = [each for each in dependant.dependencies if each not in simple]
    return replace(dependant, call=call, dependencies=others, request_param_name=name_of_request)


def _needs_only_the_request(dependant: Dependant) -> bool:
    parameters = (
        dependant.path_params,
        dependant.query_params,
        dependant.header_params,
        dependant.cookie_params,
        dependant.body_params,
    )
    return (
        not any(parameters)
        and dependant.name is not None
        and dependant.request_param_name is not None
        and iscoroutinefunction(dependant.call)
        and all(isinstance(each.call, SecurityBase) for each in dependant.dependencies)
    )
