"""Files that only their owner may read, whole or not there at all."""

import os
from pathlib import Path


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
