"""What the committers do, for Prometheus and as spans."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from chassis.telemetry import bind_request_id, current_request_id, unbind_request_id
from chassis.tracing import INTERNAL, current_traceparent, span
from file_metadata_service.ports.committer_watch import Origin


class TelemetryCommitterWatch:
    """Implements ports.committer_watch.CommitterWatch. One per registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._commands = Histogram(
            "stowage_committer_group_commands",
            "Commands that one transaction answered",
            buckets=(1, 2, 4, 8, 16, 32, 64, 98),
            registry=registry,
        )
        self._seconds = Histogram(
            "stowage_committer_group_seconds",
            "From taking a group to answering it, retries included; outcome: written or unknown",
            ("outcome",),
            buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
            registry=registry,
        )
        self._refusals = Counter(
            "stowage_committer_refusals", "Commands refused, by code", ("code",), registry=registry
        )
        self._retries = Counter(
            "stowage_committer_retries", "Groups tried again, by cause", ("cause",), registry=registry
        )
        self._dropped = Counter(
            "stowage_committer_dropped",
            "Commands not written because nobody waited any more: the caller gone, the deadline expired",
            ("cause",),
            registry=registry,
        )
        self._waiting = Gauge(
            "stowage_committer_waiting", "Commands that wait for their turn, of all drives", registry=registry
        )

    def count_waiting(self, count: Callable[[], int]) -> None:
        """Ask `count` whenever somebody looks."""
        self._waiting.set_function(count)

    def origin(self) -> Origin:
        return Origin(f"{current_request_id()} {current_traceparent()}")

    @contextmanager
    def writing(self, origins: Sequence[Origin]) -> Iterator[None]:
        """Logs and the span belong to the first command's request; the span is linked to those of the others."""
        started = time.perf_counter()
        outcome = "unknown"
        request_id, _, parent = origins[0].partition(" ")
        others = [link for origin in origins[1:] if (link := origin.partition(" ")[2])]
        about = {"stowage.committer.commands": len(origins)}
        request = bind_request_id(request_id or None)
        try:
            with span("committer group", INTERNAL, about, parent=parent, links=others):
                yield
            outcome = "written"
        finally:
            self._seconds.labels(outcome).observe(time.perf_counter() - started)
            unbind_request_id(request)

    def settled(self, *, commands: int) -> None:
        self._commands.observe(commands)

    def refused(self, code: str) -> None:
        self._refusals.labels(code).inc()

    def dropped(self, cause: str) -> None:
        self._dropped.labels(cause).inc()

    def retried(self, cause: str) -> None:
        self._retries.labels(cause).inc()


@cache
def committer_watch() -> TelemetryCommitterWatch:
    """The one of this process, in Prometheus's default registry."""
    return TelemetryCommitterWatch()
