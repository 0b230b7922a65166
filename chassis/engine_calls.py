"""Calls to an engine: how many, how long, how they ended; each of them a span, too."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Histogram

from chassis.tracing import CLIENT, span

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
Observe = Callable[[float], None]


class EngineCalls:
    """Of this process, to one engine ("s3"). One per registry."""

    def __init__(self, engine: str, registry: CollectorRegistry = REGISTRY) -> None:
        self._engine = engine
        duration = Histogram(
            f"stowage_{engine}_seconds",
            f"Calls to {engine}, by operation and outcome (OK, or the name of the error)",
            ("operation", "outcome"),
            buckets=_BUCKETS,
            registry=registry,
        )
        # labels() takes a lock and builds a tuple each time; there are few pairs.
        self._observe: Callable[[str, str], Observe] = cache(
            lambda operation, outcome: duration.labels(operation, outcome).observe
        )

    @contextmanager
    def measured(self, operation: str) -> Iterator[None]:
        """Around one call. The outcome is "OK" or the class of the exception."""
        started = time.perf_counter()
        outcome = "OK"
        about = {"db.system.name": self._engine, "db.operation.name": operation}
        with span(f"{self._engine} {operation}", CLIENT, about):
            try:
                yield
            except BaseException as error:
                outcome = type(error).__name__
                raise
            finally:
                self._observe(operation, outcome)(time.perf_counter() - started)


@cache
def engine_calls(engine: str) -> EngineCalls:
    """The ones of this process, in Prometheus's default registry."""
    return EngineCalls(engine)
