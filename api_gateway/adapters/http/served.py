"""Operations as they are served, beside the document that is made of them."""

from dataclasses import replace
from inspect import iscoroutinefunction
from typing import Any, Self

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase

from api_gateway.adapters.http.operation import Handler, Operation


class Served(Operation):
    """An operation under its whole path, for requests and not for the document.

    FastAPI solves every dependency anew for each request, 40 µs each; those that need nothing but the request, as the
    ports and the caller, are called directly here.
    """

    @classmethod
    def of(cls, route: APIRoute, prefix: str) -> Self:
        served = cls(
            prefix + route.path,
            route.endpoint,
            methods=route.methods,
            name=route.name,
            include_in_schema=route.include_in_schema,
        )
        served.path = route.path  # what metrics and logs call it
        return served

    def serving(self) -> Handler:
        self.dependant = _directly(self.dependant)
        return super().serving()


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
