"""Where the indexes lie: a folder that belongs to one process at a time."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.telemetry import get_logger

_logger = get_logger(__name__)


@contextmanager
def index_folder(wished: Path | None) -> Iterator[Path]:
    """The wished one, which is kept; another that is thrown away if none is wished, or another process has it."""
    if wished is not None:
        wished.mkdir(parents=True, exist_ok=True)
        with (wished / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _logger.warning("search_folder_taken")
            else:
                yield wished
                return
    with tempfile.TemporaryDirectory(prefix="stowage-search-", ignore_cleanup_errors=True) as fresh:
        yield Path(fresh)
