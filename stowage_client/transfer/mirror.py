"""One folder here as an image of one in the drive: which names it has, and what stands here only."""

import os
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from stowage_client.errors import LocalError
from stowage_client.local_names import NameUnfit
from stowage_client.transfer.exclusion import Exclusion
from stowage_client.transfer.partial import is_partial


class FolderImage:
    """Takes the names of one folder as they are listed. In memory are those of one folder, never of a tree."""

    def __init__(self, *, folds_case: bool) -> None:
        self._folds_case = folds_case
        self._names: set[str] = set()

    def take(self, name: str) -> None:
        """Raises NameUnfit if this disk takes it for one that stands here already."""
        known = self._folded(name)
        if self._folds_case and known in self._names:
            raise NameUnfit(
                f"This disk takes {name!r} for another name that differs by case or accents only."
            )
        self._names.add(known)

    def extras(self, folder: Path, below: tuple[str, ...], exclusion: Exclusion) -> Iterator[Path]:
        """What stands in `folder` and has none of the names. What is left out is left alone, and so is what another
        run has begun to fetch. Raises LocalError if the folder cannot be read.
        """
        for entry in entries_of(folder):
            is_folder = entry.is_dir(follow_symlinks=False)
            kept = self._folded(entry.name) in self._names or is_partial(entry.name)
            if not kept and not exclusion.covers((*below, entry.name), is_folder=is_folder):
                yield folder / entry.name

    def _folded(self, name: str) -> str:
        return unicodedata.normalize("NFC", name.casefold()) if self._folds_case else name


def entries_of(folder: Path) -> list[os.DirEntry[str]]:
    """Nothing if there is no such folder (yet). Raises LocalError."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LocalError(f"Cannot read {folder}: {error.strerror}.") from error


def remove(path: Path, below: tuple[str, ...], exclusion: Exclusion) -> bool:
    """Removes a file, a link itself, or a folder with all but what is left out; whether all of it is gone.

    No link is followed. Raises LocalError.
    """
    try:
        if path.is_symlink() or not path.is_dir():
            path.unlink()
            return True
        all_gone = True
        for entry in entries_of(path):
            names = (*below, entry.name)
            if exclusion.covers(names, is_folder=entry.is_dir(follow_symlinks=False)):
                all_gone = False
            else:
                all_gone &= remove(path / entry.name, names, exclusion)
        if all_gone:
            path.rmdir()
    except OSError as error:
        raise LocalError(f"Cannot delete {path}: {error.strerror}.") from error
    return all_gone


def plan_removal(path: Path, below: tuple[str, ...], exclusion: Exclusion) -> bool:
    """What `--dry-run` does instead."""
    return True


def folds_case(folder: Path) -> bool:
    """Whether the disk on which this folder stands takes names of other case for the same. Unknown is no."""
    try:
        with tempfile.NamedTemporaryFile(prefix=".stowage-Case-", dir=folder) as probe:
            return Path(probe.name.replace(".stowage-Case-", ".stowage-cASE-")).exists()
    except OSError:
        return False
