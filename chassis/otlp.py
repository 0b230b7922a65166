"""Spans to an OpenTelemetry collector, in the background. Imported by those only who trace.

The SDK's own variables hold: OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS, OTEL_BSP_….
"""

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import trace
from opentelemetry.context import Context, attach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from chassis.telemetry import current_request_id
from chassis.tracing import CLIENT, NO_SPAN, SERVER, TRACEPARENT, Kind, Span

_KINDS = {
    "client": trace.SpanKind.CLIENT,
    "server": trace.SpanKind.SERVER,
    "internal": trace.SpanKind.INTERNAL,
}
# A collector that is away must not keep a service from ending.
_LAST_SPANS_SECONDS = 3.0
_w3c = TraceContextTextMapPropagator()


class OtlpTracer:
    """Implements chassis.tracing.Tracer."""

    def __init__(self, service: str, endpoint: str) -> None:
        names: dict[str, str | int] = {
            "service.name": service,
            "service.namespace": "stowage",
            "process.pid": os.getpid(),
        }
        self._provider = TracerProvider(resource=Resource.create({**names}), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("stowage")

    def span(
        self, name: str, kind: Kind, attributes: Mapping[str, str | int], parent: str, links: Iterable[str]
    ) -> AbstractContextManager[Span]:
        if kind == CLIENT and not trace.get_current_span().get_span_context().is_valid:
            return NO_SPAN  # a probe, a watch, a heartbeat: nobody's request, so no trace of its own
        return self._span(name, kind, attributes, parent, links)

    @contextmanager
    def _span(
        self, name: str, kind: Kind, attributes: Mapping[str, str | int], parent: str, links: Iterable[str]
    ) -> Iterator[Span]:
        others = [trace.Link(context) for link in links if (context := _context_of(link)) is not None]
        about = {**attributes, "stowage.request_id": current_request_id()}
        begun = self._tracer.start_span(name, _parent(parent), _KINDS[kind], about, others)
        # Of an exception only its class: messages may hold what people wrote.
        with trace.use_span(begun, record_exception=False, set_status_on_exception=False):
            try:
                yield _OtlpSpan(begun)
            except BaseException as error:
                if kind != SERVER:  # which refuses by an exception, and says itself what is a failure
                    begun.set_status(trace.StatusCode.ERROR, type(error).__name__)
                raise
            finally:
                begun.end()

    def current(self) -> str:
        carrier: dict[str, str] = {}
        _w3c.inject(carrier)
        return carrier.get(TRACEPARENT, "")

    def resume(self, traceparent: str) -> None:
        attach(_w3c.extract({TRACEPARENT: traceparent}))

    def close(self) -> None:
        """Send what is left, within reason."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(_LAST_SPANS_SECONDS)


class _OtlpSpan:
    def __init__(self, begun: trace.Span) -> None:
        self._begun = begun

    def note(self, name: str, value: str | int) -> None:
        self._begun.set_attribute(name, value)

    def name(self, name: str) -> None:
        self._begun.update_name(name)

    def fail(self, why: str) -> None:
        self._begun.set_status(trace.StatusCode.ERROR, why)


def _parent(traceparent: str) -> Context | None:
    return _w3c.extract({TRACEPARENT: traceparent}) if traceparent else None


def _context_of(traceparent: str) -> trace.SpanContext | None:
    context = trace.get_current_span(_w3c.extract({TRACEPARENT: traceparent})).get_span_context()
    return context if context.is_valid else None
