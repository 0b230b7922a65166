"""What there is to send below the files and folders that a person names."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stowage_client.errors import LocalError
from stowage_client.transfer.exclusion import Exclusion

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """`names`: where it stands below what was asked for, its own name last."""

    path: Path
    names: Names
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is not sent, and why."""

    path: Path
    why: str


@dataclass(slots=True)
class FoundFolder:
    """What one folder holds, without its folders; `names` are () for the files that the person named.

    `excluded`: how many files and folders were left out.
    """

    names: Names
    files: list[FoundFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    excluded: int = 0
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class WalkRules:
    """Whether links below a named folder are followed, and what is left out there."""

    follow_links: bool = False
    exclusion: Exclusion = field(default_factory=Exclusion)


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    names: Names
    ancestors: frozenset[tuple[int, int]]  # device and inode of those on the way here, itself included


def walk(sources: Sequence[Path], rules: WalkRules) -> Iterator[FoundFolder]:
    """Everything at `sources`, files and folders, a folder at a time and parents first.

    A link that the person named is followed. Links below are followed only if asked, and never into a folder that
    holds them. What the person named is never left out, whatever its name fits. Raises LocalError before anything
    else if a source is not there or cannot be sent.
    """
    named, tops = FoundFolder(()), []
    for source in sources:
        try:
            status = source.stat()
        except OSError as error:
            raise LocalError(f"Cannot read {source}: {error.strerror}.") from error
        name = source.name or source.resolve().name
        if stat.S_ISDIR(status.st_mode):
            tops.append(_Folder(source, (name,), frozenset({_key(status)})))
        elif reason := _unfit(name, status):
            raise LocalError(f"{source} cannot be sent: {reason}.")
        else:
            named.files.append(FoundFile(source, (name,), status.st_size))
    yield named
    for top in tops:
        yield from _walk_folders(top, rules)


def _walk_folders(top: _Folder, rules: WalkRules) -> Iterator[FoundFolder]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        found = FoundFolder(folder.names)
        try:
            below = _look_into(folder, found, rules)
        except LocalError as error:
            found.is_readable = False
            found.skipped.append(Skipped(folder.path, error.detail))
            below = []
        yield found
        waiting.extend(reversed(below))


def _look_into(folder: _Folder, found: FoundFolder, rules: WalkRules) -> list[_Folder]:
    """Notes the files and what is skipped; returns the folders. Raises LocalError if it cannot be sent as a whole."""
    if reason := _unfit_name(folder.names[-1]):
        raise LocalError(reason)
    try:
        with os.scandir(folder.path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise LocalError(f"it cannot be read: {error.strerror}") from error
    return [sub for entry in listed for sub in _sort_out(entry, folder, found, rules)]


def _sort_out(
    entry: os.DirEntry[str], folder: _Folder, found: FoundFolder, rules: WalkRules
) -> Iterator[_Folder]:
    """Notes a file or why it is skipped; yields a folder."""
    path, names = folder.path / entry.name, (*folder.names, entry.name)
    try:
        if rules.exclusion.covers(names[1:], is_folder=_is_folder(entry, rules)):
            found.excluded += 1
            return
        if entry.is_symlink() and not rules.follow_links:
            found.skipped.append(
                Skipped(path, "it is a symbolic link (--follow-links sends what it leads to)")
            )
            return
        status = entry.stat()
    except OSError as error:
        found.skipped.append(Skipped(path, f"it cannot be read: {error.strerror}"))
        return
    if stat.S_ISDIR(status.st_mode):
        if _key(status) in folder.ancestors:
            found.skipped.append(Skipped(path, "it is a link to a folder that holds it"))
        else:
            yield _Folder(path, names, folder.ancestors | {_key(status)})
    elif reason := _unfit(entry.name, status):
        found.skipped.append(Skipped(path, reason))
    else:
        found.files.append(FoundFile(path, names, status.st_size))


def _is_folder(entry: os.DirEntry[str], rules: WalkRules) -> bool:
    return entry.is_dir(follow_symlinks=rules.follow_links)


def _key(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _unfit(name: str, status: os.stat_result) -> str | None:
    """Why something that is no folder cannot be sent; None if it can."""
    if reason := _unfit_name(name):
        return reason
    if stat.S_ISREG(status.st_mode):
        return None
    special = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    return f"it is {special.get(stat.S_IFMT(status.st_mode), 'a device')}, not a file"


def _unfit_name(name: str) -> str | None:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return None
