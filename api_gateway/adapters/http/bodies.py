"""Bodies as they come in: bounded in bytes, depth and time."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable
from math import isinf
from time import perf_counter
from typing import Any, NoReturn

from fastapi import Request

from api_gateway.adapters.http.refusals import BodyMalformed, BodyTooLarge, MediaTypeUnsupported
from api_gateway.domain.errors import BodyTooSlow

# Ours are three deep.
MAX_DEPTH = 16
# Of who has not signed in yet: theirs are a few kilobytes, and parsed before anybody is known to be throttled.
STRANGERS_BYTES = 64 * 1024
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_PACE_BYTES = 16 * 1024


class ReadRequest(Request):
    """A request whose body has been read and parsed already."""

    def __init__(self, request: Request, content: bytes, value: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._content = content
        self._value = value

    async def body(self) -> bytes:
        return self._content

    async def json(self) -> Any:
        return self._value


async def read_json(request: Request, *, max_bytes: int, seconds: float) -> ReadRequest:
    """Raises BodyTooLarge, BodyTooSlow, MediaTypeUnsupported, BodyMalformed. An empty body is None."""
    content = await _content(request, max_bytes, seconds)
    if not content:
        return ReadRequest(request, content, None)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise MediaTypeUnsupported("Send the body with Content-Type: application/json.")
    try:
        value = parsed_json(content)
    except (ValueError, RecursionError) as error:
        raise BodyMalformed("The body is not JSON.") from error
    if content.count(b"{") + content.count(b"[") > MAX_DEPTH and _is_deep(value):
        raise BodyMalformed(f"The body is nested more than {MAX_DEPTH} deep.")
    return ReadRequest(request, content, value)


async def chunks_of(request: Request, *, pace_seconds: float) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises BodyTooSlow for `pace_seconds` in which less than 16 KiB does, ClientDisconnect
    if it ends early. The time that the taker of the bytes needs is not the client's."""
    stream = request.stream()
    waited, arrived = 0.0, 0
    while True:
        began = perf_counter()
        try:
            async with asyncio.timeout(pace_seconds - waited):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise BodyTooSlow("Hardly anything arrived for too long.") from error
        if chunk is None:
            return
        waited, arrived = waited + perf_counter() - began, arrived + len(chunk)
        if arrived >= _PACE_BYTES:
            waited, arrived = 0.0, 0
        if chunk:
            yield chunk


async def _content(request: Request, max_bytes: int, seconds: float) -> bytes:
    refusal = f"A body may have at most {max_bytes} bytes here."
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 15 or int(declared) > max_bytes):
        raise BodyTooLarge(refusal)
    content = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                content += chunk
                if len(content) > max_bytes:
                    raise BodyTooLarge(refusal)
    except TimeoutError as error:
        raise BodyTooSlow("The body took too long to arrive.") from error
    return bytes(content)


def parsed_json(content: bytes) -> Any:
    """Raises ValueError, RecursionError, BodyMalformed. In one go, for it holds everybody up: msgspec is no faster at
    unknown forms, and cannot be asked for names that are said twice. Python's is strict only if it is told to be."""
    value = json.loads(
        content.decode(), object_pairs_hook=_members, parse_constant=_refuse_constant, parse_float=_finite
    )
    if _SURROGATE.search(content):
        json.dumps(value, ensure_ascii=False).encode()  # fails for half of a pair
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two members of one name, readers differ on which counts (RFC 8259, 4): a proxy may have checked the other.

    Raises BodyMalformed.
    """
    members = dict(pairs)
    if len(pairs) > len(members):
        raise BodyMalformed("The body says one name twice.")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    if isinf(number := float(text)):
        raise ValueError("a number out of range")
    return number


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _within(outer)]
    return any(isinstance(each, dict | list) for each in level)


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
