"""Where answers to reads come from, for Prometheus."""

from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter


class TelemetryReadWatch:
    """Implements ports.answer_cache.ReadWatch. One per registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        looks = Counter(
            "stowage_read_cache_looks",
            "Answers to reads, by kind (page, place) and where they came from: memory, shared with another request's, "
            "cache (Redis), store",
            ("kind", "result"),
            registry=registry,
        )
        # labels() takes a lock and builds a tuple each time; there are few pairs.
        self._count = cache(lambda kind, result: looks.labels(kind, result).inc)

    def looked(self, kind: str, result: str) -> None:
        self._count(kind, result)()


@cache
def read_watch() -> TelemetryReadWatch:
    """The one of this process, in Prometheus's default registry."""
    return TelemetryReadWatch()
