"""What a killed versitygw leaves behind, mended while no server runs on the folder.

Completing a multipart upload renames its folder to `ID.<token>.inprogress`; a kill in the middle leaves it
so, neither listed nor to be aborted. Replacing an object goes by way of `.NAME.sgwtmp.N`, which a kill leaves
in the listing. Seen in versitygw 1.8.0, `backend/posix/posix.go` and `with_otmpfile.go`.
"""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_STRAY = re.compile(r"\..+\.sgwtmp\.\d+")
_UNFINISHED = re.compile(r"[0-9a-f]{64}\.\d+")
_TMP = ".sgwtmp"


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is still being written, or was when the server was killed."""
    return bool(_STRAY.fullmatch(name) or _UNFINISHED.fullmatch(name))


@dataclass(frozen=True, slots=True)
class Repair:
    """How many leftovers there were."""

    uploads_reopened: int
    files_removed: int


def repair(objects: Path) -> Repair:
    """Mend every bucket below `objects`. The server must be down."""
    buckets = [entry for entry in objects.iterdir() if entry.is_dir()] if objects.is_dir() else []
    reopened = sum(_reopen(folder) for bucket in buckets for folder in _completing(bucket))
    removed = 0
    for stray in (stray for bucket in buckets for stray in _strays(bucket)):
        stray.unlink(missing_ok=True)
        removed += 1
    return Repair(reopened, removed)


def _completing(bucket: Path) -> Iterator[Path]:
    return (folder for folder in (bucket / _TMP / "multipart").glob("*/*.inprogress") if folder.is_dir())


def _reopen(folder: Path) -> bool:
    """Give the upload its own name back, unless the upload itself is there: then this copy is the stray."""
    upload = folder.with_name(folder.name.split(".", 1)[0])
    if upload.exists():
        shutil.rmtree(folder)
        return False
    folder.rename(upload)
    return True


def _strays(bucket: Path) -> Iterator[Path]:
    for name in os.listdir(bucket / _TMP) if (bucket / _TMP).is_dir() else []:
        if _UNFINISHED.fullmatch(name):
            yield bucket / _TMP / name
    for folder, subfolders, files in os.walk(bucket):
        if _TMP in subfolders:
            subfolders.remove(_TMP)
        yield from (Path(folder, name) for name in files if _STRAY.fullmatch(name))
