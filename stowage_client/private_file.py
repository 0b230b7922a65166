"""Small files that only their owner may read, never seen half written."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from stowage_client.errors import LocalError


def write_private(path: Path, content: dict[str, Any], *, durable: bool = True) -> None:
    """Replaces `path` by `content` as JSON, mode 0600, at once or not at all.

    `durable` waits for the disk; without it a power cut may lose the newest content, never mix it.
    """
    try:
        make_private_folder(path.parent)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LocalError(f"Cannot write {path}: {error.strerror}.") from error


def read_private(path: Path) -> dict[str, Any] | None:
    """What was written there; None if nothing was, or nothing that can be read as an object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        raise LocalError(f"Cannot read {path}: {error.strerror}.") from error
    return content if isinstance(content, dict) else None


def make_private_folder(folder: Path) -> None:
    """Creates `folder`, mode 0700, and what is missing above it. Raises LocalError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(f"Cannot make the folder {folder}: {error.strerror}.") from error
