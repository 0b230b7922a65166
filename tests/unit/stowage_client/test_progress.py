"""Rate, time left, and numbers as people read them."""

import io
import queue
import re
import threading
from datetime import UTC, datetime

import pytest
from rich.console import Console

from stowage_client import formatting
from stowage_client.progress import BarProgress, LineProgress, Pace, progress
from stowage_client.transfer.meter import Meter

MIB = 2**20


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def measured() -> tuple[Meter, Pace, Clock]:
    meter, clock = Meter(), Clock()
    return meter, Pace(meter, clock), clock


def drawn(meter: Meter) -> str:
    """The last picture of the bars."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)
    console.print(*BarProgress(meter, console).get_renderables())
    return re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())


def test_the_rate_is_that_of_the_last_seconds() -> None:
    meter, pace, clock = measured()
    meter.expect(files=1, size_bytes=10_000)
    for moved in (1000, 1000, 10, 10, 10, 10, 10, 10):
        clock.now += 5
        meter.advance("a", moved)
        rate = pace.rate()

    assert rate == 2.0
    assert pace.seconds_left(rate) == (10_000 - 2060) / 2


def test_what_was_there_before_counts_as_done_but_not_as_speed() -> None:
    meter, pace, clock = measured()
    meter.settle("a", 900)
    clock.now += 1
    meter.advance("a", 10)

    assert meter.done_bytes == 910
    assert pace.rate() == 10


def test_what_must_be_sent_again_makes_no_negative_rate() -> None:
    meter, pace, clock = measured()
    clock.now += 1
    meter.advance("a", -50)

    assert pace.rate() == 0
    assert pace.seconds_left(0) is None


def test_one_file_has_one_bar_with_name_amount_rate_and_time() -> None:
    meter = Meter()
    meter.expect(files=1, size_bytes=40 * MIB)
    meter.begin("/films/[bold]big.mkv", 40 * MIB)
    meter.advance("/films/[bold]big.mkv", 2 * MIB)
    meter.settle("/films/[bold]big.mkv", 18 * MIB)

    assert re.fullmatch(r"\[bold\]big.mkv .* 20.0/4[01].\d MiB .*/s .* left\s*", drawn(meter))


def test_of_many_files_the_big_ones_under_way_have_bars_above_that_of_all() -> None:
    meter = Meter()
    meter.expect(files=12, size_bytes=300 * MIB)
    for number in range(6):
        meter.begin(f"/in/big-{number}", 40 * MIB)
    meter.begin("/in/small", MIB)
    meter.advance("/in/big-1", 10 * MIB)
    meter.end("/in/big-0")

    lines = drawn(meter).splitlines()

    assert [line.split()[0] for line in lines] == ["big-1", "big-2", "big-3", "big-4", "1/12"]
    assert "10.0/4" in lines[0]


def test_a_bar_goes_with_its_file() -> None:
    meter = Meter()
    meter.expect(files=2, size_bytes=80 * MIB)
    bars = BarProgress(meter, Console(file=io.StringIO()))
    meter.begin("a", 40 * MIB)
    list(bars.get_renderables())
    meter.end("a")
    list(bars.get_renderables())

    assert [task.description for task in bars.tasks if task.visible] == ["1/2 files"]


def test_a_log_gets_lines_until_the_end() -> None:
    meter = Meter()
    meter.expect(files=3000, size_bytes=2 * MIB)
    meter.begin("a", MIB)
    meter.advance("a", MIB)
    meter.end("a")
    lines: queue.Queue[str] = queue.Queue()
    before = set(threading.enumerate())
    with LineProgress(meter, lines.put, every_seconds=0.001):
        first = lines.get(timeout=60)

    assert re.match(r"1/3,000 files, 1.0 MiB of 2.0 MiB, ", first)
    assert {each.name for each in set(threading.enumerate()) - before} & {"stowage-progress"} == set()


def test_once_all_is_there_it_says_that_it_is_finishing() -> None:
    meter, pace, _ = measured()
    meter.expect(files=1, size_bytes=10)
    meter.begin("a", 10)
    meter.advance("a", 10)

    assert pace.left(1.0) == "finishing …"


def test_what_a_person_watches_what_goes_to_a_log_and_what_nobody_wants() -> None:
    meter = Meter()
    assert isinstance(progress("bars", meter, print), BarProgress)
    assert isinstance(progress("lines", meter, print), LineProgress)
    with progress("none", meter, print) as shown:
        assert shown is None


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (2**20 - 1, "1.0 MiB"),
        (3 * 2**30, "3.0 GiB"),
        (2**60, "1024.0 PiB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert formatting.size(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.9, "59.9 s"), (60, "1:00"), (187, "3:07"), (3605, "1:00:05")]
)
def test_durations(seconds: float, text: str) -> None:
    assert formatting.duration(seconds) == text


def test_text_that_could_steer_a_terminal_is_written_out() -> None:
    assert formatting.visible("a\x1b[2J\x9b\udce9ä👩‍🚀") == "a\\x1b[2J\\x9b\\udce9ä👩‍🚀"
    assert formatting.moment(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
