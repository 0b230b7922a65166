import asyncio
import contextlib
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from chassis.telemetry import (
    bind_request_id,
    configure_logging,
    current_request_id,
    get_logger,
    unbind_request_id,
)

REQUEST_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_service_level_time_and_request_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("keeper")
    token = bind_request_id(REQUEST_ID)
    get_logger("keeper.rooms").info("room_opened", room="7")
    unbind_request_id(token)
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "room_opened",
        "level": "info",
        "request_id": REQUEST_ID,
        "room": "7",
        "service": "keeper",
        "source": "keeper.rooms",
    }


def test_what_a_library_logs_is_json_with_the_request_id_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("keeper")
    token = bind_request_id(REQUEST_ID)
    logging.getLogger("a.library").warning("the %s is low", "ceiling")
    unbind_request_id(token)
    (line,) = lines(capsys)
    assert (line["event"], line["request_id"]) == ("the ceiling is low", REQUEST_ID)
    assert (line["logger"], line["level"]) == ("a.library", "warning")


def test_an_exception_stands_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("keeper")
    try:
        raise LookupError("behind the door")
    except LookupError:
        get_logger("x").exception("failed")
    (line,) = lines(capsys)
    assert "LookupError: behind the door" in line["exception"]


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("keeper", "warning")
    get_logger("x").info("unimportant")
    assert lines(capsys) == []


@pytest.mark.parametrize("unusable", [None, "", "short", "x" * 65, "line\nbreak-line", 'quote"quote"'])
def test_an_unusable_request_id_is_replaced(unusable: str | None) -> None:
    token = bind_request_id(unusable)
    assert current_request_id() != unusable
    assert len(current_request_id()) == 32
    unbind_request_id(token)


async def test_tasks_do_not_share_a_request_id() -> None:
    async def serve(request_id: str) -> str:
        bind_request_id(request_id)
        await asyncio.sleep(0)
        return current_request_id()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(serve(f"request-{number}")) for number in range(5)]
    assert [task.result() for task in tasks] == [f"request-{number}" for number in range(5)]
    assert current_request_id() == ""


async def test_what_a_loop_logs_is_written_together_and_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    written, wrote = list[str](), asyncio.Event()

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            wrote.set()
            return len(text)

    monkeypatch.setattr(sys, "stderr", Stream())
    configure_logging("keeper")
    for room in "abc":
        get_logger("keeper.rooms").info("room_opened", room=room)
    assert written == []
    await wrote.wait()
    assert [[json.loads(line)["room"] for line in text.splitlines()] for text in written] == [["a", "b", "c"]]


def test_what_a_loop_left_unwritten_is_written_by_the_next_that_logs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("keeper")

    async def log(room: str) -> None:
        get_logger("keeper.rooms").info("room_opened", room=room)

    asyncio.run(log("a"))
    asyncio.run(log("b"))
    get_logger("keeper.rooms").info("room_opened", room="c")
    assert [line["room"] for line in lines(capsys)] == ["a", "b", "c"]


def test_what_a_process_logged_last_is_written_when_it_ends() -> None:
    program = """
import asyncio
from chassis.telemetry import configure_logging, get_logger

async def log():
    get_logger("keeper").info("closed")
    raise SystemExit(3)

configure_logging("keeper")
asyncio.run(log())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, json.loads(ended.stderr)["event"]) == (3, "closed")


def test_a_line_that_cannot_be_written_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector at the other end of the pipe has died; requests are answered all the same."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", buffering=1) as broken:
        monkeypatch.setattr(sys, "stderr", broken)
        configure_logging("keeper")
        get_logger("keeper.rooms").info("room_opened")
        logging.getLogger("library").warning("careful")
        with contextlib.suppress(BrokenPipeError):
            broken.close()
