"""A tracer that remembers: which spans there were, and which hung below which."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import pytest

from chassis.tracing import Kind, Span, use_tracer

_current: ContextVar[str] = ContextVar("current_span", default="")


@dataclass
class RecordedSpan:
    """`id` and `parent` are traceparents."""

    id: str
    parent: str
    kind: Kind
    called: str
    notes: dict[str, str | int]
    links: tuple[str, ...] = ()
    failed: str = ""

    def note(self, name: str, value: str | int) -> None:
        self.notes[name] = value

    def name(self, name: str) -> None:
        self.called = name

    def fail(self, why: str) -> None:
        self.failed = why


@dataclass
class RecordingTracer:
    """Implements Tracer."""

    spans: list[RecordedSpan] = field(default_factory=list)

    def span(
        self, name: str, kind: Kind, attributes: Mapping[str, str | int], parent: str, links: Iterable[str]
    ) -> AbstractContextManager[Span]:
        return self._span(name, kind, attributes, parent, tuple(links))

    @contextmanager
    def _span(
        self, name: str, kind: Kind, attributes: Mapping[str, str | int], parent: str, links: tuple[str, ...]
    ) -> Iterator[RecordedSpan]:
        identity = f"00-{'1' * 32}-{len(self.spans) + 1:016x}-01"
        begun = RecordedSpan(identity, parent or _current.get(), kind, name, dict(attributes), links)
        self.spans.append(begun)
        token = _current.set(identity)
        try:
            yield begun
        finally:
            _current.reset(token)

    def current(self) -> str:
        return _current.get()

    def resume(self, traceparent: str) -> None:
        _current.set(traceparent)


@pytest.fixture
def tracer() -> Iterator[RecordingTracer]:
    """Records every span of this test's process."""
    tracer = RecordingTracer()
    use_tracer(tracer)
    yield tracer
    use_tracer(None)
