"""A descriptor that many threads use and one task closes."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self


class Stopped(Exception):
    """The file was closed because its transfer ended; threads that still work on it end with this."""


class OpenFile:
    """Closing stops whoever still reads or writes at their next step; the last one frees the number."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._users = 0
        self._closed = False

    @contextmanager
    def descriptor(self) -> Iterator[int]:
        """The descriptor, good inside the block. Raises Stopped once the file is closed."""
        with self._lock:
            if self._closed:
                raise Stopped
            self._users += 1
        try:
            yield self._descriptor
        finally:
            with self._lock:
                self._users -= 1
                self._close_if_unused()

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._closed and self._users == 0 and self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
