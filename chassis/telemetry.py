"""Logs as JSON lines on standard error, each with the id of the request that caused it."""

import asyncio
import atexit
import logging
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import suppress
from contextvars import ContextVar, Token
from typing import Any, TextIO, cast
from uuid import uuid4

import structlog
from structlog.typing import FilteringBoundLogger

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")
# How long a line may wait for others.
GATHERED_SECONDS = 0.02
Event = MutableMapping[str, Any]  # structlog's own type for an event on its way to the renderer


def new_request_id() -> str:
    """32 lower-case hex digits."""
    return uuid4().hex


def current_request_id() -> str:
    """The id of the request being served, or "" outside of any."""
    return _request_id.get()


def bind_request_id(request_id: str | None) -> Token[str]:
    """Carry this id from here on: into every log line and every call to another service.

    Anything but 8 to 64 letters, digits or `._:-` is replaced by a fresh id, because it comes from outside.
    """
    usable = request_id is not None and _ACCEPTABLE_ID.fullmatch(request_id) is not None
    return _request_id.set(cast("str", request_id) if usable else new_request_id())


def unbind_request_id(token: Token[str]) -> None:
    """Undo `bind_request_id` in the same context."""
    _request_id.reset(token)


def get_logger(name: str) -> FilteringBoundLogger:
    """A structured logger: `logger.info("session_ended", account=…)`. No secret or file name at info."""
    return cast("FilteringBoundLogger", structlog.get_logger(source=name))


def configure_logging(service: str, level: str = "info") -> None:
    """Send structlog's and the standard library's records to stderr as JSON. Call it once, in `__main__`."""
    threshold = getattr(logging, level.upper())
    shared = _processors(service)
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Gathered(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak of their own affairs at info; ours are what the level is for.
    root.setLevel(max(threshold, logging.WARNING))


class _Gathered:
    """A stream that writes what a busy event loop logs within 20 ms at once, and everything else right away.

    Each write wakes whoever collects the lines, which costs more than the line. What waits when the process is killed
    is lost, as is what a full disk or a collector that died does not take: it must not fail what is logged. The
    standard library's handlers forgive by themselves, structlog's loggers do not.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines = deque[str]()
        self._will_write: asyncio.AbstractEventLoop | None = None
        atexit.register(self._write_out)

    def write(self, text: str) -> None:
        self._lines.append(text)

    def flush(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._write_out()
            return
        if self._will_write is not loop:
            self._will_write = loop
            loop.call_later(GATHERED_SECONDS, self._write_out)

    def _write_out(self) -> None:
        self._will_write = None
        # ValueError: a stream that was closed before the process ended.
        with suppress(OSError, ValueError):
            self._stream.write("".join(self._taken()))
            self._stream.flush()

    def _taken(self) -> Iterator[str]:
        """Threads log, too."""
        with suppress(IndexError):
            while True:
                yield self._lines.popleft()


def _processors(service: str) -> list[Callable[[Any, str, Event], Event]]:
    def add_origin(_logger: object, _method: str, event: Event) -> Event:
        event["service"] = service
        if request_id := _request_id.get():
            event["request_id"] = request_id
        return event

    return [
        add_origin,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
