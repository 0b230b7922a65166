"""Rate, time left, and numbers as people read them."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from stowage_client import formatting
from stowage_client.progress import BarMeter, Tally


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    tally = Tally(clock)
    tally.expected_bytes = 10_000
    for moved in (1000, 1000, 10, 10, 10, 10, 10, 10):
        clock.now += 5
        tally.advance(moved)
        rate = tally.rate()

    assert rate == 2.0
    assert tally.seconds_left(rate) == (10_000 - 2060) / 2


def test_what_was_there_before_counts_as_done_but_not_as_speed() -> None:
    clock = Clock()
    tally = Tally(clock)
    tally.expected_bytes = 1000
    tally.settle(900)
    clock.now += 1
    tally.advance(10)

    assert tally.done_bytes == 910
    assert tally.rate() == 10


def test_what_must_be_sent_again_makes_no_negative_rate() -> None:
    clock = Clock()
    tally = Tally(clock)
    clock.now += 1
    tally.advance(-50)

    assert tally.rate() == 0
    assert tally.seconds_left(0) is None


def test_the_bar_shows_name_amount_rate_and_time() -> None:
    screen = io.StringIO()
    with BarMeter(Console(file=screen, force_terminal=True, width=120)) as meter:
        meter.expect(files=1, size_bytes=4 * 2**20)
        meter.begin("/films/[bold]big.mkv")
        meter.advance(2**20)
        meter.settle(2**20)
        meter.end("/films/[bold]big.mkv")
    with BarMeter(Console(file=screen, force_terminal=True, width=120)) as meter:
        meter.expect(files=1, size_bytes=10)
        meter.begin("a")
        meter.advance(10)

    assert "finishing" in screen.getvalue()
    assert "2.0/4.2 MiB" in screen.getvalue() or "2.0/4.0 MiB" in screen.getvalue()
    assert "/s" in screen.getvalue()
    assert "left" in screen.getvalue()


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
