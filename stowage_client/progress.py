"""How far a transfer is, how fast, and how long it will take."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from stowage_client.formatting import duration, size, visible

_WINDOW_SECONDS = 10.0
_REFRESHES_PER_SECOND = 5


class Tally:
    """Bytes, counted from many threads; the rate is that of the last ten seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._moved = 0
        self._settled = 0
        self._samples: deque[tuple[float, int]] = deque([(clock(), 0)])
        self.expected_bytes = 0

    def advance(self, size_bytes: int) -> None:
        with self._lock:
            self._moved += size_bytes

    def settle(self, size_bytes: int) -> None:
        with self._lock:
            self._settled += size_bytes

    @property
    def done_bytes(self) -> int:
        return self._moved + self._settled

    def rate(self) -> float:
        """Bytes per second; asked at each refresh, which is also when it takes its samples."""
        now, moved = self._clock(), self._moved
        self._samples.append((now, moved))
        while len(self._samples) > 2 and now - self._samples[0][0] > _WINDOW_SECONDS:
            self._samples.popleft()
        then, before = self._samples[0]
        return max(0, moved - before) / (now - then) if now > then else 0.0

    def seconds_left(self, rate: float) -> float | None:
        """None while nothing moves."""
        return max(0, self.expected_bytes - self.done_bytes) / rate if rate > 0 else None


class SilentMeter:
    """For output that no person watches."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def expect(self, *, files: int, size_bytes: int) -> None:
        """Nobody watches."""

    def advance(self, size_bytes: int) -> None:
        """Nobody watches."""

    def settle(self, size_bytes: int) -> None:
        """Nobody watches."""

    def begin(self, name: str) -> None:
        """Nobody watches."""

    def end(self, name: str) -> None:
        """Nobody watches."""


class BarMeter:
    """One line at the bottom of a terminal: what, how much of how much, rate, time left."""

    def __init__(self, console: Console) -> None:
        self._tally = Tally()
        self._files = self._files_done = 0
        self._under_way: list[str] = []
        self._bar = _Bar(self._line, console)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def expect(self, *, files: int, size_bytes: int) -> None:
        self._files += files
        self._tally.expected_bytes += size_bytes

    def advance(self, size_bytes: int) -> None:
        self._tally.advance(size_bytes)

    def settle(self, size_bytes: int) -> None:
        self._tally.settle(size_bytes)

    def begin(self, name: str) -> None:
        self._under_way.append(name)

    def end(self, name: str) -> None:
        self._under_way.remove(name)
        self._files_done += 1

    def _left(self, rate: float) -> str:
        if self._under_way and self._tally.done_bytes >= self._tally.expected_bytes > 0:
            return "finishing …"  # a big file is put together by storage once all of it is there
        seconds = self._tally.seconds_left(rate)
        return f"{duration(seconds)} left" if seconds is not None else ""

    def _line(self, progress: Progress, task: TaskID) -> None:
        rate = self._tally.rate()
        under_way = list(self._under_way)
        name = visible(under_way[0].rsplit("/", 1)[-1]) if under_way else ""
        progress.update(
            task,
            description=name if self._files == 1 else f"{self._files_done}/{self._files} files  {name}",
            total=self._tally.expected_bytes,
            completed=self._tally.done_bytes,
            rate=f"{size(rate)}/s",
            left=self._left(rate),
        )


class _Bar(Progress):
    """Asks for its numbers when it draws, rather than being told at every chunk that moves."""

    def __init__(self, line: Callable[[Progress, TaskID], None], console: Console) -> None:
        super().__init__(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TextColumn("{task.fields[rate]}", markup=False),
            TextColumn("{task.fields[left]}", markup=False),
            console=console,
            transient=True,
            refresh_per_second=_REFRESHES_PER_SECOND,
        )
        self._line_of = line
        self._task = self.add_task("", total=None, rate="", left="")

    def get_renderables(self) -> Iterable[RenderableType]:
        if hasattr(self, "_task"):  # it draws itself once before it is complete
            self._line_of(self, self._task)
        return super().get_renderables()
