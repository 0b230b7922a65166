"""A collector of traces: takes OTLP over HTTP, and remembers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Collected:
    """One span. Ids are hex; `parent` is "" at the root."""

    trace: str
    id: str
    parent: str
    name: str
    kind: str
    service: str
    notes: dict[str, str]


@dataclass
class Collector:
    url: str = ""
    spans: list[Collected] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self.arrived:
            self.raw.append(body)
            for resource in request.resource_spans:
                about = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
                for span in (span for scope in resource.scope_spans for span in scope.spans):
                    notes = {
                        pair.key: pair.value.string_value or str(pair.value.int_value)
                        for pair in span.attributes
                    }
                    self.spans.append(
                        Collected(
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            span.name,
                            type(span).SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                            about["service.name"],
                            notes,
                        )
                    )
            self.arrived.notify_all()

    def of(self, trace: str) -> list[Collected]:
        return [span for span in self.spans if span.trace == trace]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield collector
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
