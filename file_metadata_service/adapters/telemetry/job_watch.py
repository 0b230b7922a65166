"""What jobs do, for Prometheus."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from file_metadata_service.domain.jobs import JobKind
from file_metadata_service.ports.job_watch import JobStep


class TelemetryJobWatch:
    """Implements ports.job_watch.JobWatch. One per registry."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._steps = Counter(
            "stowage_job_steps",
            "Jobs that were begun, taken, given back, broken or ended, by kind",
            ("kind", "step"),
            registry=registry,
        )
        self._running = Gauge(
            "stowage_jobs_running", "Jobs in work here, by kind", ("kind",), registry=registry
        )
        self._nodes = Counter(
            "stowage_job_nodes", "Nodes that jobs are done with", ("kind",), registry=registry
        )
        self._due = Gauge(
            "stowage_jobs_due", "Jobs that waited at the last look, at most 400", registry=registry
        )
        self._oldest = Gauge(
            "stowage_jobs_oldest_due_seconds", "How long the first of them has waited", registry=registry
        )
        self._waiting = Gauge(
            "stowage_jobs_waiting",
            "Jobs that found no room here at the last look, by kind, of at most 400",
            ("kind",),
            registry=registry,
        )

    def stepped(self, kind: JobKind, step: JobStep) -> None:
        self._steps.labels(kind, step).inc()

    def working(self, kind: JobKind) -> AbstractContextManager[None]:
        return self._running.labels(kind).track_inprogress()

    def advanced(self, kind: JobKind, nodes: int) -> None:
        """A walk that began anew after a crash counts some of them twice: a counter never falls."""
        self._nodes.labels(kind).inc(max(0, nodes))

    def looked(self, due: int, oldest_seconds: float) -> None:
        self._due.set(due)
        self._oldest.set(oldest_seconds)

    def waiting(self, jobs: Mapping[JobKind, int]) -> None:
        for kind in JobKind:
            self._waiting.labels(kind).set(jobs.get(kind, 0))


@cache
def job_watch() -> TelemetryJobWatch:
    """The one of this process, in Prometheus's default registry."""
    return TelemetryJobWatch()
