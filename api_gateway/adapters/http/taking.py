"""Taking what an operation asks for out of a request, with everything decided once that FastAPI decides every time.

Only for what is plain, and only while it is as it should be: `Unfit` hands the request to FastAPI as it came, which
then finds what is wrong and says it in its own words. So there is one judgement, and it is the declared one.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from fastapi import Response, params
from fastapi.dependencies.models import Dependant
from fastapi.security.base import SecurityBase
from starlette.requests import Request

_NOTHING = object()
_SIMPLE = (str, int, bool, type(None))


class Unfit(Exception):
    """Something is missing, or is not as it should be."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    """`default`: _NOTHING if it must be there. `validate`: its value, and what is wrong with it."""

    name: str
    key: str
    default: Any
    validate: Callable[[Any], tuple[Any, list[Any]]]

    def take(self, given: Mapping[str, str], into: dict[str, Any]) -> None:
        """Raises Unfit."""
        value: Any = given.get(self.key)
        if value is None:
            value = self.default
            if value is _NOTHING:
                raise Unfit
        else:
            value, errors = self.validate(value)
            if errors:
                raise Unfit
        into[self.name] = value


@dataclass(frozen=True, slots=True)
class Taker:
    """One operation, or something that one depends on."""

    call: Callable[..., Awaitable[Any]]
    name_of_request: str | None
    path: tuple[_Parameter, ...]
    query: tuple[_Parameter, ...]
    headers: tuple[_Parameter, ...]
    needs: Mapping[str, "Taker"] = field(default_factory=dict)

    async def __call__(self, request: Request) -> Any:
        """What the call answers. Raises Unfit before it is called, and what it raises."""
        values: dict[str, Any] = {}
        for each in self.path:
            each.take(request.scope["path_params"], values)
        if self.query:
            given = _query(request)
            for each in self.query:
                each.take(given, values)
        for each in self.headers:
            each.take(request.headers, values)
        if self.name_of_request is not None:
            values[self.name_of_request] = request
        for name, needed in self.needs.items():
            values[name] = await needed(request)
        return await self.call(**values)


def taker_of(dependant: Dependant, endpoint: Callable[..., Any]) -> Taker | None:
    """None for an operation with a body or with anything else that only FastAPI knows how to solve."""
    answer = get_type_hints(endpoint).get("return")
    if not (isinstance(answer, type) and issubclass(answer, Response)):
        return None
    return _taker(dependant)


def _taker(dependant: Dependant) -> Taker | None:
    asks_for_more = (
        dependant.body_params,
        dependant.cookie_params,
        dependant.http_connection_param_name,
        dependant.websocket_param_name,
        dependant.background_tasks_param_name,
        dependant.response_param_name,
        dependant.security_scopes_param_name,
    )
    call: Any = dependant.call
    if any(asks_for_more) or not iscoroutinefunction(call):
        return None
    needs = dict[str, Taker]()
    for each in dependant.dependencies:
        if isinstance(each.call, SecurityBase):
            continue  # for the document: `Operation` asks who it is
        needed = _taker(each)
        if needed is None or each.name is None:
            return None
        needs[each.name] = needed
    listed = [dependant.path_params, dependant.query_params, dependant.header_params]
    if not all(_is_plain(each) for fields in listed for each in fields):
        return None
    path, query, headers = ([_parameter(each) for each in fields] for fields in listed)
    return Taker(call, dependant.request_param_name, tuple(path), tuple(query), tuple(headers), needs)


def _is_plain(given: Any) -> bool:
    """One text under one name."""
    info = given.field_info
    hint = info.annotation
    return (
        isinstance(info, params.Param)
        and info.validation_alias in (None, given.alias)
        and (info.is_required() or type(info.default) in _SIMPLE)
        and not info.validate_default
        and _holds_one(hint)
    )


def _holds_one(hint: Any) -> bool:
    """A sequence may be given several times; a model is many at once."""
    if get_origin(hint) is Literal:
        return True
    if get_origin(hint) in (Union, UnionType):
        return all(_holds_one(each) for each in get_args(hint))
    return hint in _SIMPLE


def _parameter(given: Any) -> _Parameter:
    info = given.field_info
    default = _NOTHING if info.is_required() else info.default
    where = (info.in_.value, given.alias)

    def validate(value: Any) -> tuple[Any, list[Any]]:
        answer: tuple[Any, list[Any]] = given.validate(value, {}, loc=where)
        return answer

    return _Parameter(given.name, given.alias, default, validate)


def _query(request: Request) -> Mapping[str, str]:
    """Of a name that stands there twice the last, as Starlette has it."""
    said = request.scope["query_string"]
    return dict(parse_qsl(said.decode("latin-1"), keep_blank_values=True)) if said else {}
