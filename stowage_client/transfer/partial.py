"""A file in the making: hidden beside its target, written at offsets, gone on with, and put in place at once."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stowage_client.errors import LocalError
from stowage_client.layout import Span
from stowage_client.locations import file_key
from stowage_client.transfer.open_file import OpenFile

_HASH_CHUNK_BYTES = 1024 * 1024
_PREFIX, _SUFFIX = ".stowage-", ".part"


class PartialFile(OpenFile):
    """Bytes of `content_hash` on their way to `target`. The same content for the same target is the same file."""

    def __init__(self, target: Path, content_hash: str, size_bytes: int) -> None:
        """Raises LocalError if it cannot be made, if another process writes it, or if the disk is full."""
        self.target = target
        self.path = target.parent / f"{_PREFIX}{file_key(target.name, content_hash)}{_SUFFIX}"
        with _in_words(self.path):
            super().__init__(_locked(self.path))
        try:
            with _in_words(self.path), self.descriptor() as descriptor:
                _make_room(descriptor, self.path, size_bytes)
        except BaseException:
            self.close()
            raise

    def write(self, view: memoryview, offset: int) -> None:
        """Raises LocalError, or Stopped once closed."""
        with _in_words(self.path), self.descriptor() as descriptor:
            while view:
                count = os.pwrite(descriptor, view, offset)
                view, offset = view[count:], offset + count

    def digest(self, span: Span) -> bytes:
        """The SHA-256 of what stands there now."""
        sha256 = hashlib.sha256()
        offset, end = span.offset, span.offset + span.size_bytes
        while offset < end:
            with _in_words(self.path), self.descriptor() as descriptor:
                data = os.pread(descriptor, min(_HASH_CHUNK_BYTES, end - offset), offset)
            if not data:
                break
            sha256.update(data)
            offset += len(data)
        return sha256.digest()

    def stamp(self, modified_ns: int) -> None:
        """Gives it this time, once its bytes are on disk: whoever later trusts the time may trust them."""
        with _in_words(self.path), self.descriptor() as descriptor:
            os.fsync(descriptor)
            os.utime(descriptor, ns=(modified_ns, modified_ns))

    def put_in_place(self, *, replace: bool) -> None:
        """It becomes the target, whole. Raises LocalError if something stands there and may not be replaced."""
        with _in_words(self.target):
            if replace:
                os.replace(self.path, self.target)
                return
            try:
                os.link(self.path, self.target)  # fails if it exists, which a rename would not
            except FileExistsError:
                raise already_there(self.target) from None
            except OSError:  # a file system without hard links
                if self.target.exists():
                    raise already_there(self.target) from None
                os.rename(self.path, self.target)
                return
            self.path.unlink()

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.close()


def is_partial(name: str) -> bool:
    """Whether a file of this name is one in the making."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def already_there(target: Path) -> LocalError:
    return LocalError(
        f"{target} exists already, with other content.",
        hint="Add --force to replace it, or choose another name.",
    )


def _locked(path: Path) -> int:
    """Opens and locks; what was put in place by its former owner in that very moment is not it any more."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise LocalError(
                f"Another process is fetching the same file into {path.parent.resolve()}."
            ) from None
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _make_room(descriptor: int, path: Path, size_bytes: int) -> None:
    """So that a disk that is too small says so now rather than in an hour.

    Not by posix_fallocate: on ext4 it took between 0 and 4 s of CPU per GiB here, and the writes were no faster.
    """
    held = os.fstat(descriptor).st_blocks * 512
    disk = os.fstatvfs(descriptor)
    if disk.f_bavail * disk.f_frsize < size_bytes - held:
        raise LocalError(f"{path.parent} has no room for {size_bytes} bytes.")
    os.ftruncate(descriptor, size_bytes)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LocalError(f"Cannot write {path}: {error.strerror}.") from error
