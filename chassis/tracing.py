"""Spans, if somebody collects them: off unless `start_tracing` was called, and then nothing is imported or kept.

    with span("DynamoDB PutItem", CLIENT, {"db.system.name": "aws.dynamodb"}) as current:
        …
        current.note("stowage.outcome", "OK")

Names and attributes come from the code: operations, routes, tables, outcomes. Never a path, a name or a token.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Literal, Protocol

Kind = Literal["client", "server", "internal"]
CLIENT: Kind = "client"
SERVER: Kind = "server"
INTERNAL: Kind = "internal"
# W3C Trace Context's header, as HTTP and gRPC carry it: https://www.w3.org/TR/trace-context/
TRACEPARENT = "traceparent"


class Span(Protocol):
    """What is under way."""

    def note(self, name: str, value: str | int) -> None:
        """Add an attribute."""

    def name(self, name: str) -> None:
        """Call it otherwise: an HTTP request's route is known late."""

    def fail(self, why: str) -> None:
        """Mark it as failed, by a code or a class; an exception that leaves it does so by itself."""


class Tracer(Protocol):
    """Where spans go."""

    def span(
        self, name: str, kind: Kind, attributes: Mapping[str, str | int], parent: str, links: Iterable[str]
    ) -> AbstractContextManager[Span]:
        """`parent` "": the one under way. `links`: others that it also works for. Both as traceparents."""

    def current(self) -> str:
        """The traceparent of what is under way, or ""."""

    def resume(self, traceparent: str) -> None:
        """Make this the parent of what follows in the same context."""


class _Nothing:
    """A span that nobody wants; there is one of it."""

    def note(self, name: str, value: str | int) -> None: ...
    def name(self, name: str) -> None: ...
    def fail(self, why: str) -> None: ...

    def __enter__(self) -> "_Nothing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


NO_SPAN: AbstractContextManager[Span] = _Nothing()
_tracer: Tracer | None = None


def start_tracing(service: str, endpoint: str) -> Callable[[], None]:
    """Send spans to an OTLP collector (HTTP) from now on. Call what it returns to send the last ones and stop."""
    from chassis.otlp import OtlpTracer  # half a second and 20 MB, which only those pay who trace

    tracer = OtlpTracer(service, endpoint)
    use_tracer(tracer)

    def stop() -> None:
        use_tracer(None)
        tracer.close()

    return stop


def use_tracer(tracer: Tracer | None) -> None:
    """None: no spans."""
    global _tracer  # one for the process, as the logger is
    _tracer = tracer


def span(
    name: str,
    kind: Kind,
    attributes: Mapping[str, str | int],
    *,
    parent: str = "",
    links: Iterable[str] = (),
) -> AbstractContextManager[Span]:
    """A span around what is done in it."""
    if _tracer is None:
        return NO_SPAN
    return _tracer.span(name, kind, attributes, parent, links)


def current_traceparent() -> str:
    """What to hand on to others; "" while there is nothing."""
    return _tracer.current() if _tracer is not None else ""


def resume_trace(traceparent: str) -> None:
    """What follows in this context belongs to that trace: for work that outlives the call which began it."""
    if _tracer is not None and traceparent:
        _tracer.resume(traceparent)
