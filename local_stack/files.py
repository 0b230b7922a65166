"""Files that only their owner may read, whole or not there at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# What exFAT and some network drives answer, which know no links. There a look must do.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)


def write_private(file: Path, content: bytes) -> None:
    """Write (0600), and replace what was there in one step."""
    scratch = file.with_name(f".{file.name}.new")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    scratch.replace(file)
    sync_folder(file.parent)


@contextmanager
def appearing(file: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A large new file (0600) that gets its name when the block has ended well, and is on the disk by then.

    Yields it, and where it lies until then. What a killed one left there is written over. Raises FileExistsError.
    """
    scratch = file.with_name(f".{file.name}.part")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield opened, scratch
            opened.flush()
            os.fsync(opened.fileno())
        _link(scratch, file)
        sync_folder(file.parent)
    finally:
        scratch.unlink(missing_ok=True)


def _link(scratch: Path, file: Path) -> None:
    """Unlike a rename, it never takes the place of what came meanwhile. Raises FileExistsError."""
    taken = FileExistsError(f"{file} exists by now: nothing is written over")
    try:
        os.link(scratch, file)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if file.exists():
            raise taken from None
        scratch.rename(file)


def own_attributes(path: str | Path) -> dict[str, bytes]:
    """Its extended attributes that are ours; those of SELinux and its like are each machine's own."""
    return {name: os.getxattr(path, name) for name in os.listxattr(path) if is_own(name)}


def is_own(attribute: str) -> bool:
    return attribute.startswith("user.")


def sync_folder(folder: Path) -> None:
    """Have the names in it on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
