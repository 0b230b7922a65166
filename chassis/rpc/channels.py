"""Calls to another service: which instance, how long, how often, and what its refusals mean here.

`unary` binds one method of a generated stub, once, in the adapter's constructor:

    self._get_keys = channel.unary(
        lambda it: KeyServiceStub(it).GetSigningKeys, timeout_seconds=2, idempotent=True
    )
    answer = await self._get_keys(GetSigningKeysRequest())
"""

import asyncio
import random
from collections.abc import Callable
from time import perf_counter
from typing import Any, Generic, TypeVar

import grpc

from chassis.consul import Resolver
from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from chassis.rpc.context import bearer, remaining_seconds
from chassis.rpc.errors import error_from
from chassis.rpc.interceptors import AUTHORIZATION_KEY, REQUEST_ID_KEY, call_attributes
from chassis.rpc.links import Link, Links
from chassis.rpc.methods import Method, record
from chassis.rpc.metrics import ClientMetrics, client_metrics
from chassis.rpc.routing import RetryBudget, owner
from chassis.telemetry import current_request_id, get_logger, new_request_id
from chassis.tracing import CLIENT, TRACEPARENT, current_traceparent, span

__all__ = ["RemoteCall", "ServiceChannel", "owner"]

Request = TypeVar("Request")
Response = TypeVar("Response")
_MAX_ATTEMPTS = 4
_FIRST_PAUSE_SECONDS = 0.05
_logger = get_logger(__name__)


class ServiceChannel:
    """All instances of one service. Close it to end the calls in flight gently."""

    def __init__(
        self,
        service: str,
        resolver: Resolver,
        credentials: grpc.ChannelCredentials,
        *,
        drain_seconds: float = 30.0,
        metrics: ClientMetrics | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.service = service
        self.links = Links(service, credentials, drain_seconds=drain_seconds)
        self.budget = RetryBudget()
        self.metrics = metrics or client_metrics()
        self.jitter = jitter
        resolver.watch(service, self.links.update)

    def unary(
        self,
        multicallable: Callable[[grpc.aio.Channel], grpc.aio.UnaryUnaryMultiCallable[Request, Response]],
        *,
        timeout_seconds: float,
        idempotent: bool,
    ) -> "RemoteCall[Request, Response]":
        """Bind one method. `idempotent`: repeating it is harmless, as of every mutation with a command_id."""
        method = record(multicallable)
        return RemoteCall(self, method, timeout_seconds=timeout_seconds, idempotent=idempotent)

    @property
    def has_instances(self) -> bool:
        """Whether the last list named anybody; the gateway degrades by this."""
        return self.links.healthy > 0

    def renew(self, credentials: grpc.ChannelCredentials) -> None:
        """Use these from now on; no call fails over it."""
        self.links.renew(credentials)

    async def close(self) -> None:
        """Take no new calls and close every channel when its calls have ended, or after `drain_seconds`."""
        await self.links.close()


class RemoteCall(Generic[Request, Response]):
    """One method of another service."""

    def __init__(
        self, channel: ServiceChannel, method: Method, *, timeout_seconds: float, idempotent: bool
    ) -> None:
        self._channel = channel
        self._method = method
        self._timeout_seconds = timeout_seconds
        self._idempotent = idempotent
        self._about = call_attributes(method.path)

    async def __call__(
        self,
        request: Request,
        *,
        token: str | None = None,
        drive_id: str | None = None,
        timeout_seconds: float | None = None,
    ) -> Response:
        """Call it; the deadline covers all attempts and never exceeds that of the call being served.

        `token` is the access token to send: None hands on the one of the call being served, "" sends none.
        With `drive_id` the call goes to the drive's owner, else round robin. Raises Unavailable when nobody
        answered (of a mutation: the outcome is unknown), RemoteError with the kind and code of a refusal.
        """
        started = perf_counter()
        deadline = started + _patience(timeout_seconds or self._timeout_seconds)
        outcome = "CANCELLED"
        try:
            with span(self._method.path[1:], CLIENT, self._about):
                answer: Response = await self._attempt(request, _metadata(token), drive_id, deadline)
            outcome = "OK"
            return answer
        except DomainError as error:
            outcome = error.code
            raise
        finally:
            self._channel.metrics.finished(self._method.path, outcome, perf_counter() - started)

    async def _attempt(
        self, request: Request, metadata: tuple[tuple[str, str], ...], drive_id: str | None, deadline: float
    ) -> Any:
        tried: set[Link] = set()
        for attempt in range(_MAX_ATTEMPTS):
            link = self._channel.links.pick(drive_id, tried)
            refusal: DomainError
            if link is None:
                refusal = Unavailable(f"No instance of {self._channel.service} is known.")
            else:
                tried.add(link)
                try:
                    answer = await link.call(self._method, request, deadline - perf_counter(), metadata)
                    self._channel.budget.earn()
                    return answer
                except grpc.aio.AioRpcError as error:
                    refusal = self._meaning(error)
                except Unavailable as error:
                    refusal = error
            if not await self._may_retry(refusal, attempt, deadline):
                raise refusal
        raise AssertionError("the last attempt returns or raises")

    def _meaning(self, error: grpc.aio.AioRpcError) -> DomainError:
        refusal = error_from(
            error.code(), error.details(), error.trailing_metadata() or (), service=self._channel.service
        )
        if isinstance(refusal, RemoteError) and refusal.code == "caller_not_allowed":
            # Our own deployment is wrong; the person who waits has done nothing that is forbidden.
            _logger.error("caller_not_allowed", method=self._method.path)
            return RemoteError(Kind.INTERNAL, "internal")
        if refusal.kind is Kind.UNAVAILABLE:
            _logger.debug("no_answer", method=self._method.path, details=error.details())
        return refusal

    async def _may_retry(self, refusal: DomainError, attempt: int, deadline: float) -> bool:
        """Waits before it says yes: a first other instance is tried almost at once, then with backoff."""
        if not (self._idempotent and refusal.kind is Kind.UNAVAILABLE and attempt + 1 < _MAX_ATTEMPTS):
            return False
        pause = _FIRST_PAUSE_SECONDS * 4**attempt * (0.5 + self._channel.jitter())
        pause = max(pause, refusal.retry_after_seconds or 0.0)
        if perf_counter() + pause >= deadline or not self._channel.budget.spend():
            return False
        self._channel.metrics.retried(self._method.path)
        await asyncio.sleep(pause)
        return True


def _patience(timeout_seconds: float) -> float:
    inherited = remaining_seconds()
    if inherited is None or inherited <= 0:
        # Past its deadline grpc has cancelled the call being served: this is a task that it left behind.
        return timeout_seconds
    return min(timeout_seconds, inherited)


def _metadata(token: str | None) -> tuple[tuple[str, str], ...]:
    pairs = [(REQUEST_ID_KEY, current_request_id() or new_request_id())]
    if traceparent := current_traceparent():
        pairs.append((TRACEPARENT, traceparent))
    if carried := bearer() if token is None else token:
        pairs.append((AUTHORIZATION_KEY, f"Bearer {carried}"))
    return tuple(pairs)
