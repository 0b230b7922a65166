"""One way to ask the server anything: signed in, retried where it is safe, refusals in words.

Every mutation carries an `Idempotency-Key` and every read is harmless, so all of them may be sent again after
a lost answer (design.md, "Unknown outcomes").
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

import httpx

from stowage_client.api.answers import Answer, refusal, understood
from stowage_client.backoff import Backoff, Pause
from stowage_client.errors import ClientError, Unreachable, UsageError

_RETRIED_STATUSES = frozenset({429, 502, 503, 504})
_ACCESS_ENDED = 401


class Bearer(Protocol):
    """Who signs requests."""

    async def access_token(self) -> str:
        """A token that is good now. MUST raise NotSignedIn if there can be none."""

    async def renew(self, *, rejected: str) -> str:
        """Another token than the one that the server refused. MUST raise NotSignedIn if there can be none."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on asking a server that does not answer: little at first, more once it has answered."""

    first_seconds: float = 6.0
    later_seconds: float = 90.0


@dataclass(slots=True)
class _Attempts:
    deadline: float
    count: int = 0


@dataclass(frozen=True, slots=True)
class Retrying:
    """How requests are sent again. Times in seconds."""

    pause: Pause
    backoff: Backoff = field(default_factory=Backoff)
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], float] = monotonic


class ApiTransport:
    """Requests to `/api/v1` of one server."""

    def __init__(self, http: httpx.AsyncClient, *, bearer: Bearer | None, retrying: Retrying) -> None:
        self._http = http
        self._bearer = bearer
        self._retrying = retrying
        self._was_reached = False

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        params: Mapping[str, str | int] | None = None,
        key: str | None = None,
    ) -> Answer:
        """The server's answer to `method path`; `key` makes a mutation harmless to repeat, fresh if absent.

        Raises ApiError for a refusal, Unreachable if no answer came in good time, NotSignedIn, NotUnderstood,
        UsageError for a body that is not text.
        """
        headers = {} if method == "GET" else {"Idempotency-Key": key or secrets.token_hex(16)}
        try:
            request = self._http.build_request(
                method, f"/api/v1{path}", json=body, params=_given(params), headers=headers
            )
        except UnicodeEncodeError as error:
            raise UsageError("What was given is not UTF-8, and only text can be sent.") from error
        response = await self._signed(request)
        if response.is_error:
            raise refusal(response)
        return understood(response)

    async def _signed(self, request: httpx.Request) -> httpx.Response:
        if self._bearer is None:
            return await self._persistent(request)
        token = await self._bearer.access_token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = await self._persistent(request)
        if response.status_code == _ACCESS_ENDED:
            token = await self._bearer.renew(rejected=token)
            request.headers["Authorization"] = f"Bearer {token}"
            response = await self._persistent(request)
        return response

    async def _persistent(self, request: httpx.Request) -> httpx.Response:
        patience = self._retrying.patience
        seconds = patience.later_seconds if self._was_reached else patience.first_seconds
        attempts = _Attempts(deadline=self._retrying.clock() + seconds)
        while True:
            try:
                response = await self._http.send(request)
            except httpx.TransportError as error:
                await self._wait(attempts, instead=_unreachable(request, error), cause=error)
                continue
            self._was_reached = True
            if response.status_code not in _RETRIED_STATUSES:
                return response
            problem = refusal(response)
            await self._wait(attempts, instead=problem, at_least=problem.retry_after_seconds)

    async def _wait(
        self,
        attempts: _Attempts,
        *,
        instead: ClientError,
        at_least: float | None = None,
        cause: Exception | None = None,
    ) -> None:
        seconds = max(self._retrying.backoff.delay(attempts.count), at_least or 0.0)
        if self._retrying.clock() + seconds > attempts.deadline:
            raise instead from cause
        attempts.count += 1
        await self._retrying.pause(seconds)


def _given(params: Mapping[str, str | int] | None) -> dict[str, Any] | None:
    return {name: value for name, value in params.items() if value != ""} if params else None


def _unreachable(request: httpx.Request, error: httpx.TransportError) -> Unreachable:
    server = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    reason = str(error) or type(error).__name__
    return Unreachable(
        f"No answer from {server}: {reason}.",
        hint="Is the server running, and is the address right? It is given by --url or STOWAGE_URL.",
    )
