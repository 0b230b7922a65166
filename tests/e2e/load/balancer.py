"""What a plain load balancer does, and a tally of what its clients saw.

Gateways take turns. A connection that is refused is tried at the other one: nothing was sent. A GET that is cut is
tried at the other one, once. Everything else is the client's to see.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

import httpx

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a client saw it. status: 0 for none. seconds: whatever was tried within."""

    method: str
    what: str
    began: float
    seconds: float
    status: int

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"

    @property
    def failed(self) -> bool:
        """Of a safe call: it asks for nothing that is not there."""
        return self.status >= 400 or self.status == 0


@dataclass(slots=True)
class Tally:
    """cuts: connections that ended over a call, at which door and how. repeats: of unsafe calls, by their clients."""

    calls: list[Call] = field(default_factory=list)
    cuts: list[tuple[float, str]] = field(default_factory=list)
    refused: int = 0
    repeats: int = 0

    def failures(self) -> list[Call]:
        """Safe calls that were not served."""
        return [call for call in self.calls if call.is_safe and call.failed]


class Balancer:
    """Both doors for one client."""

    def __init__(self, urls: Sequence[str], tally: Tally) -> None:
        self.tally = tally
        self._doors = [httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=PATIENCE_SECONDS) for url in urls]
        self._turns = itertools.count()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for door in self._doors:
            await door.aclose()

    async def call(self, method: str, path: str, *, what: str = "", **options: Any) -> httpx.Response:
        """`what`: the operation, for the tally. Raises httpx.TransportError if nobody answers."""
        began, status = monotonic(), 0
        try:
            answer = await self._try_both(method, path, options)
            status = answer.status_code
            return answer
        finally:
            self.tally.calls.append(Call(method, what or path, began, monotonic() - began, status))

    async def _try_both(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        turn = next(self._turns)
        first, second = (self._doors[(turn + step) % len(self._doors)] for step in (0, 1))
        try:
            return await self._try(first, method, path, options)
        except httpx.ConnectError:
            return await self._try(second, method, path, options)
        except httpx.TransportError:
            if method != "GET":
                raise
            return await self._try(second, method, path, options)

    async def _try(
        self, door: httpx.AsyncClient, method: str, path: str, options: dict[str, Any]
    ) -> httpx.Response:
        try:
            return await door.request(method, path, **options)
        except httpx.ConnectError:
            self.tally.refused += 1
            raise
        except httpx.TransportError as error:
            self.tally.cuts.append((monotonic(), f"{method} {path} at {door.base_url.port}: {error!r}"))
            raise
