"""What a runner of jobs told whoever watches it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from file_metadata_service.domain.jobs import JobKind
from file_metadata_service.ports.job_watch import JobStep


@dataclass(slots=True)
class RecordingJobWatch:
    """Implements JobWatch."""

    steps: list[JobStep] = field(default_factory=list)
    running: Counter[JobKind] = field(default_factory=Counter)
    nodes: Counter[JobKind] = field(default_factory=Counter)
    looks: list[tuple[int, float]] = field(default_factory=list)
    waits: list[Mapping[JobKind, int]] = field(default_factory=list)

    def stepped(self, kind: JobKind, step: JobStep) -> None:
        self.steps.append(step)

    @contextmanager
    def working(self, kind: JobKind) -> Iterator[None]:
        self.running[kind] += 1
        try:
            yield
        finally:
            self.running[kind] -= 1

    def advanced(self, kind: JobKind, nodes: int) -> None:
        self.nodes[kind] += nodes

    def looked(self, due: int, oldest_seconds: float) -> None:
        self.looks.append((due, oldest_seconds))

    def waiting(self, jobs: Mapping[JobKind, int]) -> None:
        self.waits.append(dict(jobs))
