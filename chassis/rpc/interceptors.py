"""What happens around every handler: who calls, for whom, how long it may take, what a refusal looks like
outside, one line in the access log, and the RED metrics.

Handlers are wrapped once, when they are registered: grpc.aio's own interceptors build a chain in each call.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter
from typing import Any, NoReturn, Protocol

import grpc

from chassis.errors import CallerNotAllowed, DomainError, Kind, Unauthenticated, Unavailable
from chassis.rpc import context as call_context
from chassis.rpc.errors import CODE_KEY, KIND_KEY, metadata_of, refusal_in, status_of
from chassis.rpc.metrics import ServerMetrics
from chassis.rpc.policy import Rpc
from chassis.telemetry import bind_request_id, get_logger
from chassis.tls import peer_names
from chassis.tokens import Identity
from chassis.tracing import SERVER, TRACEPARENT, Span, span

REQUEST_ID_KEY = "stowage-request-id"
AUTHORIZATION_KEY = "authorization"
# For callers that set no deadline; ours always do.
MAX_SECONDS = 60.0
_logger = get_logger("chassis.rpc")
Context = grpc.aio.ServicerContext[Any, Any]
UnaryHandler = Callable[[Any, Context], Awaitable[Any]]


class Verifier(Protocol):
    """Proves access tokens."""

    async def verify(self, token: str) -> Identity:
        """Raises Unauthenticated, or Unavailable while it cannot tell."""


def guarded(
    handler: UnaryHandler, *, method: str, row: Rpc, verifier: Verifier | None, metrics: ServerMetrics
) -> UnaryHandler:
    """The handler with everything around it. One task per call, so the context variables need no reset."""
    about = call_attributes(method)

    async def serve(request: Any, context: Context) -> Any:
        metadata = _metadata(context.invocation_metadata() or ())
        bind_request_id(metadata.get(REQUEST_ID_KEY))
        with span(method[1:], SERVER, about, parent=metadata.get(TRACEPARENT, "")) as current:
            return await admitted(request, context, metadata, current)

    async def admitted(request: Any, context: Context, metadata: dict[str, str], current: Span) -> Any:
        started = perf_counter()
        caller = _caller(peer_names(context), row)
        outcome = "CANCELLED"
        metrics.started()
        try:
            async with asyncio.timeout(None) as limit:
                _enter(caller, context, limit)
                await _admit(caller, metadata.get(AUTHORIZATION_KEY), row, verifier)
                answer = await handler(request, context)
            outcome = "OK"
            return answer
        except grpc.aio.AbortError:
            outcome = "ABORTED"
            raise
        except Exception as error:
            refusal = _refusal(error)
            outcome = refusal.code if refusal else DomainError.code
            if refusal is None or refusal.kind in (Kind.INTERNAL, Kind.UNAVAILABLE):
                current.fail(outcome)
            if refusal is None or refusal.kind is Kind.INTERNAL:
                _logger.exception("rpc_failed", method=method)
                await _conceal(context)
            else:
                await context.abort(status_of(refusal), refusal.detail, metadata_of(refusal))
        finally:
            seconds = perf_counter() - started
            metrics.finished(method, outcome, seconds)
            current.note("stowage.outcome", outcome)
            _logger.info("rpc", method=method, caller=caller, outcome=outcome, ms=round(seconds * 1000, 2))

    return serve


def call_attributes(method: str) -> dict[str, str | int]:
    """What a span says of a call, on both of its sides."""
    _, service, name = method.split("/")
    return {"rpc.system": "grpc", "rpc.service": service, "rpc.method": name}


def _metadata(pairs: Iterable[tuple[str, str | bytes]]) -> dict[str, str]:
    return {key: value for key, value in pairs if isinstance(value, str)}


def _caller(names: tuple[str, ...], row: Rpc) -> str:
    """The name that may call, else the first, for the log."""
    return next((name for name in names if name in row.callers), names[0] if names else "")


def _enter(caller: str, context: Context, limit: asyncio.Timeout) -> None:
    remaining = context.time_remaining()
    if remaining is None or remaining > MAX_SECONDS:
        remaining = MAX_SECONDS
        limit.reschedule(asyncio.get_running_loop().time() + MAX_SECONDS)
    call_context.enter_call(caller, remaining)


async def _admit(caller: str, authorization: str | None, row: Rpc, verifier: Verifier | None) -> None:
    if caller not in row.callers:
        raise CallerNotAllowed("This service may not call this method.")
    if not row.token:
        return
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token or verifier is None:
        raise Unauthenticated("An access token is needed.")
    call_context.enter_identity(token, await verifier.verify(token))


def _refusal(error: Exception) -> DomainError | None:
    """What the caller may be told of it; None for what nobody foresaw."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, TimeoutError):
        return Unavailable("This took too long.")
    return refusal_in(error) if isinstance(error, ExceptionGroup) else None


async def _conceal(context: Context) -> NoReturn:
    """grpc would send the exception's text otherwise."""
    await context.abort(
        grpc.StatusCode.INTERNAL,
        "Something went wrong here.",
        ((KIND_KEY, Kind.INTERNAL.value), (CODE_KEY, "internal")),
    )
