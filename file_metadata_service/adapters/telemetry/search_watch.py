"""What searching does, for Prometheus."""

from collections.abc import Callable
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from chassis.telemetry import get_logger


class TelemetrySearchWatch:
    """Implements ports.search_watch.SearchWatch. One per registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._log = get_logger(__name__)
        self._seconds = Histogram(
            "stowage_search_seconds",
            "From a question to a page of hits; outcome: complete, or partial while the index is behind",
            ("outcome",),
            buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
            registry=registry,
        )
        self._lag = Histogram(
            "stowage_search_lag_seconds",
            "From a change to its place in the index of names",
            buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0),
            registry=registry,
        )
        self._rebuilds = Counter(
            "stowage_search_rebuilds",
            "Indexes of names built from the tables, by cause",
            ("cause",),
            registry=registry,
        )
        self._failures = Counter(
            "stowage_search_failures",
            "Attempts to bring an index of names up to date that ended early",
            registry=registry,
        )
        self._bytes = Gauge(
            "stowage_search_index_bytes", "Indexes of names on disk, of all drives", registry=registry
        )

    def measure_size(self, size_bytes: Callable[[], int]) -> None:
        """Ask `size_bytes` whenever somebody looks."""
        self._bytes.set_function(size_bytes)

    def answered(self, seconds: float, *, complete: bool) -> None:
        self._seconds.labels("complete" if complete else "partial").observe(seconds)

    def followed(self, lag_seconds: float) -> None:
        self._lag.observe(max(0.0, lag_seconds))

    def gathering(self, cause: str) -> None:
        self._rebuilds.labels(cause).inc()

    def failed(self, error: Exception) -> None:
        self._failures.inc()
        self._log.warning("search_index_behind", error=type(error).__name__)


@cache
def search_watch() -> TelemetrySearchWatch:
    """The one of this process, in Prometheus's default registry."""
    return TelemetrySearchWatch()
