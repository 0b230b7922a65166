"""Rate, errors and duration of every rpc, served and called, for Prometheus."""

from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class ServerMetrics:
    """What this instance served. One per registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        duration = Histogram(
            "stowage_rpc_server_seconds",
            "Duration of calls served, by method and outcome (OK, CANCELLED, or the code of the refusal)",
            ("method", "outcome"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._in_flight = Gauge("stowage_rpc_server_in_flight", "Calls being served", registry=registry)
        # labels() takes a lock and builds a tuple each time; there are few pairs.
        self._observe = cache(lambda method, outcome: duration.labels(method, outcome).observe)

    def started(self) -> None:
        self._in_flight.inc()

    def finished(self, method: str, outcome: str, seconds: float) -> None:
        self._in_flight.dec()
        self._observe(method, outcome)(seconds)


class ClientMetrics:
    """What this instance asked of others. One per registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        duration = Histogram(
            "stowage_rpc_client_seconds",
            "Duration of calls made, with retries, by method and outcome (OK, or the code of the refusal)",
            ("method", "outcome"),
            buckets=_BUCKETS,
            registry=registry,
        )
        retries = Counter(
            "stowage_rpc_client_retries",
            "Attempts beyond the first, by method",
            ("method",),
            registry=registry,
        )
        self._observe = cache(lambda method, outcome: duration.labels(method, outcome).observe)
        self._retried = cache(lambda method: retries.labels(method).inc)

    def finished(self, method: str, outcome: str, seconds: float) -> None:
        self._observe(method, outcome)(seconds)

    def retried(self, method: str) -> None:
        self._retried(method)()


@cache
def server_metrics() -> ServerMetrics:
    """The ones of this process, in Prometheus's default registry."""
    return ServerMetrics()


@cache
def client_metrics() -> ClientMetrics:
    """The ones of this process, in Prometheus's default registry."""
    return ClientMetrics()
