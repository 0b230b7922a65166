"""The processes' logs: their ends, and what is added to them."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_BLOCK_BYTES = 2**16
_EVERY_SECONDS = 0.3


def last_lines(file: Path, count: int) -> list[str]:
    """The last `count` lines of a file, without reading all of it; none if it is missing."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2)
            tail, position = b"", size
            while position > 0 and tail.count(b"\n") <= count:
                position = max(0, position - _BLOCK_BYTES)
                opened.seek(position)
                tail = opened.read(size - position)
    except FileNotFoundError:
        return []
    return tail.decode(errors="replace").splitlines()[-count:]


class _Tail:
    """What is added to one file, also after it was rotated (renamed, and a new one begun)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._identity, self._position = self._look()
        self._rest = b""

    def _look(self) -> tuple[int, int]:
        try:
            about = self._file.stat()
        except FileNotFoundError:
            return 0, 0
        return about.st_ino, about.st_size

    def added(self) -> list[str]:
        identity, size = self._look()
        if identity != self._identity or size < self._position:
            self._identity, self._position, self._rest = identity, 0, b""
        if size == self._position:
            return []
        with self._file.open("rb") as opened:
            opened.seek(self._position)
            read = opened.read()
        self._position += len(read)
        *lines, self._rest = (self._rest + read).split(b"\n")
        return [line.decode(errors="replace") for line in lines]


def follow(files: Sequence[Path], wait: Callable[[float], None] = time.sleep) -> Iterator[tuple[str, str]]:
    """Name and line of whatever is added to `files`, from now on, without end."""
    tails = {file.stem: _Tail(file) for file in files}
    while True:
        for name, tail in tails.items():
            yield from ((name, line) for line in tail.added())
        wait(_EVERY_SECONDS)
