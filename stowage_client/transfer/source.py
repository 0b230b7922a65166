"""The file that is sent: read at offsets by many threads, and watched for changes."""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stowage_client.errors import FileChanged, LocalError
from stowage_client.layout import Span
from stowage_client.transfer.open_file import OpenFile

# Read by pread, not mapped: a map is no faster (2,662 against 2,672 MiB/s hashed by two threads), and a file
# that shrinks under it kills the process.
_HASH_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file it is, in which condition. `changed_ns` moves with renames too, and cannot be set back."""

    device: int
    inode: int
    size_bytes: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Identity":
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class SourceFile(OpenFile):
    """A regular file, open for reading."""

    def __init__(self, path: Path) -> None:
        """Raises LocalError if it cannot be read or is not a regular file."""
        self.path = path
        try:
            # Without O_NONBLOCK a named pipe that nobody writes to would never open.
            super().__init__(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
            with self.descriptor() as descriptor:
                status = os.fstat(descriptor)
        except OSError as error:
            raise LocalError(f"Cannot read {path}: {error.strerror}.") from error
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise LocalError(f"{path} is not a regular file.")
        self.identity = Identity.of(status)

    @property
    def size_bytes(self) -> int:
        return self.identity.size_bytes

    def read(self, size: int, offset: int) -> bytes:
        """Raises FileChanged if there is nothing, LocalError if it cannot be read, Stopped once closed."""
        try:
            with self.descriptor() as descriptor:
                data = os.pread(descriptor, size, offset)
        except OSError as error:
            raise LocalError(f"Cannot read {self.path}: {error.strerror}.") from error
        if not data:
            raise FileChanged(f"{self.path} became shorter while it was read.")
        return data

    def digest(self, span: Span) -> bytes:
        """The SHA-256 of these bytes."""
        sha256 = hashlib.sha256()
        offset, end = span.offset, span.offset + span.size_bytes
        while offset < end:
            data = self.read(min(_HASH_CHUNK_BYTES, end - offset), offset)
            sha256.update(data)
            offset += len(data)
        return sha256.digest()

    def require_unchanged(self) -> None:
        """Raises FileChanged if size or time of change are not what they were when it was opened."""
        with self.descriptor() as descriptor:
            now = Identity.of(os.fstat(descriptor))
        before = self.identity
        if (now.size_bytes, now.modified_ns) != (before.size_bytes, before.modified_ns):
            raise FileChanged(
                f"{self.path} changed while it was being read; nothing of it was kept.",
                hint="Run the command again when nobody writes to it.",
            )


class PartSource(Protocol):
    """Where a part's bytes are read from, again for every try. `path` tells it from others, for the meter."""

    path: Path

    def read(self, size: int, offset: int) -> bytes: ...

    def require_unchanged(self) -> None:
        """Raises FileChanged if these are not the bytes any more that were hashed."""


class PartBody:
    """One part's bytes on their way out; a fresh one for every try."""

    def __init__(self, file: PartSource, span: Span, on_bytes: Callable[[int], None]) -> None:
        self._file = file
        self._span = span
        self._on_bytes = on_bytes
        self.sent_bytes = 0

    @property
    def size_bytes(self) -> int:
        return self._span.size_bytes

    def read(self, size: int = -1, /) -> bytes:
        left = self._span.size_bytes - self.sent_bytes
        wanted = min(size, left) if size >= 0 else left
        if wanted == 0:
            return b""
        data = self._file.read(wanted, self._span.offset + self.sent_bytes)
        self.sent_bytes += len(data)
        self._on_bytes(len(data))
        return data
