"""What comes through a pipe: read once, in parts, each held until storage has it.

A part's hash is signed into its URL, so nothing of a part can leave before all of it was read. Parts of 8 MiB are held
in memory, larger ones, from 1.6 GiB on, in nameless files below TMPDIR or /var/tmp, which vanish however this process
ends.
"""

import asyncio
import hashlib
import mmap
import os
import select
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, TypeVar

from stowage_client.errors import LocalError
from stowage_client.layout import SMALLEST_PART_BYTES, Span
from stowage_client.transfer.open_file import OpenFile

LABEL = Path("-")
_LARGE = "/var/tmp"  # noqa: S108 - for files without a name, open to nobody else; /tmp may be memory
_CHUNK_BYTES = 1024 * 1024
T = TypeVar("T")


class Holder(Protocol):
    """Keeps one part's bytes. `append` raises LocalError if there is no room."""

    def append(self, data: bytes) -> None: ...
    def read(self, size: int, offset: int) -> bytes: ...
    def close(self) -> None: ...


@dataclass(slots=True)
class PipedPart:
    """One part, whole: as storage wants it (`PartSource`), its offsets those of the stream."""

    span: Span
    digest: bytes
    held: Holder
    path: Path = LABEL

    def read(self, size: int, offset: int) -> bytes:
        return self.held.read(size, offset - self.span.offset)

    def require_unchanged(self) -> None:
        """Nobody else can reach it."""

    def close(self) -> None:
        self.held.close()


class Pipe:
    """Somebody else's output. Reading may take for ever: it is done by threads that nobody waits for."""

    def __init__(self, stream: IO[bytes], *, on_bytes: Callable[[int], None] = lambda count: None) -> None:
        # Not through its buffer, whose lock a thread that is still reading would hold when Python ends.
        self._stream = getattr(stream, "raw", stream)
        self._on_bytes = on_bytes

    async def part(self, span: Span) -> PipedPart:
        """The next part: shorter than the span says, or empty, only at the end. Raises LocalError."""
        return await _unattended(lambda: self._part(span))

    def _part(self, span: Span) -> PipedPart:
        held = InMemory(span.size_bytes) if span.size_bytes <= SMALLEST_PART_BYTES else OnDisk()
        sha256, missing = hashlib.sha256(), span.size_bytes
        try:
            while missing and (data := self._read(min(_CHUNK_BYTES, missing))):
                sha256.update(data)
                held.append(data)
                missing -= len(data)
                self._on_bytes(len(data))
        except BaseException:
            held.close()
            raise
        return PipedPart(Span(span.number, span.offset, span.size_bytes - missing), sha256.digest(), held)

    def _read(self, size: int) -> bytes:
        try:
            # A pipe that does not block answers None while nothing has come; only b"" is its end.
            while (data := self._stream.read(size)) is None:
                select.select([self._stream], [], [])
            return bytes(data)
        except OSError as error:
            raise LocalError(f"Cannot read the pipe: {error.strerror}.") from error


class InMemory:
    """For small parts. Pages of their own, given back at once: from the heap, what was freed of 600 MiB stayed with it,
    and three times as much was resident as was held."""

    def __init__(self, size_bytes: int) -> None:
        self._pages = mmap.mmap(-1, max(1, size_bytes))
        self._filled = 0

    def append(self, data: bytes) -> None:
        self._pages[self._filled : self._filled + len(data)] = data
        self._filled += len(data)

    def read(self, size: int, offset: int) -> bytes:
        return self._pages[offset : min(offset + size, self._filled)]

    def close(self) -> None:
        self._pages.close()


class OnDisk:
    """For large ones."""

    def __init__(self) -> None:
        folder = os.environ.get("TMPDIR") or (_LARGE if os.path.isdir(_LARGE) else None)
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                self._file = OpenFile(os.dup(file.fileno()))
        except OSError as error:
            raise _no_room(error) from error

    def append(self, data: bytes) -> None:
        try:
            with self._file.descriptor() as descriptor:
                view = memoryview(data)
                while view:
                    view = view[os.write(descriptor, view) :]
        except OSError as error:
            raise _no_room(error) from error

    def read(self, size: int, offset: int) -> bytes:
        with self._file.descriptor() as descriptor:
            return os.pread(descriptor, size, offset)

    def close(self) -> None:
        self._file.close()


def _no_room(error: OSError) -> LocalError:
    return LocalError(
        f"Cannot keep a part of the pipe until it is sent: {error.strerror}.",
        hint="Long streams have parts of up to 4 GiB, two of them at a time: set TMPDIR to a disk with room for them.",
    )


async def _unattended(work: Callable[[], T]) -> T:
    """In a thread that does not keep the process alive, and whose result is forgotten if nobody waits any more."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(act: Callable[[], None]) -> None:
        def unless_left() -> None:
            if not done.done():
                act()

        if not loop.is_closed():
            loop.call_soon_threadsafe(unless_left)

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            failure = error
            settle(lambda: done.set_exception(failure))
        else:
            settle(lambda: done.set_result(result))

    threading.Thread(target=run, name="stowage-pipe", daemon=True).start()
    return await done
