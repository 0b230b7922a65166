"""Logs are shown from their end, and followed over a rotation."""

from itertools import islice
from pathlib import Path

import pytest

from local_stack.logs import follow, last_lines


@pytest.mark.parametrize("count", [1, 3, 5000])
def test_only_the_last_lines_are_shown(count: int, tmp_path: Path) -> None:
    lines = [f"line {number} {'x' * 40}" for number in range(5000)]
    (tmp_path / "log").write_text("\n".join(lines) + "\n")

    assert last_lines(tmp_path / "log", count) == lines[-count:]


def test_a_log_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "log", 5) == []


def test_what_is_added_is_followed_also_after_a_rotation(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    log.write_text("old\n")

    def append() -> None:
        log.write_text("old\nadded\nhal")

    def complete() -> None:
        log.write_text("old\nadded\nhalf\n")

    def rotate() -> None:
        log.rename(tmp_path / "service.log.1")
        log.write_text("new file\n")

    steps = iter([append, complete, rotate])

    seen = list(islice(follow([log], lambda _seconds: next(steps)()), 3))

    assert seen == [("service", "added"), ("service", "half"), ("service", "new file")]
