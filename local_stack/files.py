"""Files that only their owner may read, whole or not there at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


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
        if file.exists():
            raise FileExistsError(f"{file} exists by now: nothing is written over")
        scratch.rename(file)
        sync_folder(file.parent)
    finally:
        scratch.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names in it on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
