"""How far a transfer is, how fast, and how long it will take: as bars on a terminal, as lines in a log."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from time import monotonic
from typing import Literal, Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from stowage_client.formatting import duration, size, visible
from stowage_client.transfer.meter import FileUnderWay, Meter

ProgressKind = Literal["bars", "lines", "none"]

_WINDOW_SECONDS = 10.0
_REFRESHES_PER_SECOND = 5
_FILE_ROWS = 4
_WORTH_A_ROW_BYTES = 8 * 2**20  # what is smaller has gone before anybody has read its name
_LINE_EVERY_SECONDS = 10.0


class Pace:
    """The rate of the last ten seconds; asked again and again, which is also when it takes its samples."""

    def __init__(self, meter: Meter, clock: Callable[[], float] = monotonic) -> None:
        self._meter = meter
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque([(clock(), 0)])

    def rate(self) -> float:
        """Bytes per second."""
        now, moved = self._clock(), self._meter.moved_bytes
        self._samples.append((now, moved))
        while len(self._samples) > 2 and now - self._samples[0][0] > _WINDOW_SECONDS:
            self._samples.popleft()
        then, before = self._samples[0]
        return max(0, moved - before) / (now - then) if now > then else 0.0

    def seconds_left(self, rate: float) -> float | None:
        """None while nothing moves."""
        missing = max(0, self._meter.expected_bytes - self._meter.done_bytes)
        return missing / rate if rate > 0 else None

    def left(self, rate: float) -> str:
        """In words, as far as it is known."""
        meter = self._meter
        if meter.is_open:
            return ""
        if meter.under_way and meter.done_bytes >= meter.expected_bytes > 0:
            return "finishing …"  # a big file is put together by storage once all of it is there
        seconds = self.seconds_left(rate)
        return f"{duration(seconds)} left" if seconds is not None else ""


class LineProgress:
    """A line every ten seconds, for a log; a short transfer writes none."""

    def __init__(
        self, meter: Meter, tell: Callable[[str], None], *, every_seconds: float = _LINE_EVERY_SECONDS
    ) -> None:
        self._meter = meter
        self._pace = Pace(meter)
        self._tell = tell
        self._every_seconds = every_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stowage-progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every_seconds):
            self._tell(self._line())

    def _line(self) -> str:
        meter, rate = self._meter, self._pace.rate()
        words = [
            f"{meter.ended_files:,}/{meter.expected_files:,} files",
            size(meter.done_bytes) + ("" if meter.is_open else f" of {size(meter.expected_bytes)}"),
            f"{size(rate)}/s",
            self._pace.left(rate),
        ]
        return ", ".join(filter(None, words))


class BarProgress(Progress):
    """A bar for all, with rate and time left, and one for each of the big files under way, if there are several.

    Asks for its numbers when it draws, rather than being told at every chunk that moves.
    """

    def __init__(self, meter: Meter, console: Console) -> None:
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
        self._meter = meter
        self._pace = Pace(meter)
        self._file_rows = [
            self.add_task("", total=None, visible=False, rate="", left="") for _ in range(_FILE_ROWS)
        ]
        self._total_row = self.add_task("", total=None, rate="", left="")

    def get_renderables(self) -> Iterable[RenderableType]:
        if hasattr(self, "_total_row"):  # it draws itself before it is complete
            self._update_total()
            self._update_files()
        return super().get_renderables()

    def _update_total(self) -> None:
        meter, rate = self._meter, self._pace.rate()
        under_way = meter.under_way
        name = _last_name(under_way[0]) if under_way else ""
        self.update(
            self._total_row,
            description=name
            if meter.expected_files == 1
            else f"{meter.ended_files}/{max(meter.expected_files, meter.ended_files)} files",
            total=None if meter.is_open else meter.expected_bytes,
            completed=meter.done_bytes,
            rate=f"{size(rate)}/s",
            left=self._pace.left(rate),
        )

    def _update_files(self) -> None:
        big = [file for file in self._meter.under_way if file.size_bytes > _WORTH_A_ROW_BYTES]
        shown = big[:_FILE_ROWS] if self._meter.expected_files > 1 else []
        for row, file in zip(self._file_rows, shown, strict=False):
            self.update(
                row,
                visible=True,
                description=_last_name(file),
                total=file.size_bytes,
                completed=file.done_bytes,
            )
        for row in self._file_rows[len(shown) :]:
            self.update(row, visible=False)


def progress(kind: ProgressKind, meter: Meter, tell: Callable[[str], None]) -> AbstractContextManager[object]:
    """Shows what the meter counts while it is entered; `tell` writes a line."""
    if kind == "bars":
        return BarProgress(meter, Console(stderr=True))
    return LineProgress(meter, tell) if kind == "lines" else nullcontext()


def _last_name(file: FileUnderWay) -> str:
    return visible(file.name.rsplit("/", 1)[-1])
