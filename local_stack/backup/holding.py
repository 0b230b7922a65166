"""Objects that stay: each gets a second name (a hard link), which costs no bytes and outlives its deletion.

Done twice, so that nobody stands still for long: `gather` links everything while people work; `settle`, while those who
delete stand still, looks only into folders that have changed since.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from local_stack.files import own_attributes
from local_stack.s3_repair import is_unfinished

# A folder that had just changed when it was read may change again within the same tick of the clock.
_SETTLED_NS = 1_000_000_000


@dataclass(slots=True)
class HeldFolder:
    """files: by name, the inode and where its second name is. changed_ns: as it was read; 0 for read it again."""

    attributes: dict[str, bytes]
    changed_ns: int
    files: dict[str, tuple[int, str]] = field(default_factory=dict)


class Holding:
    """What is below `source`, held in `hold`, which is on the same disk."""

    def __init__(self, source: Path, hold: Path) -> None:
        self._source = str(source)
        self._hold = hold
        self._numbers = count()
        self._folders: dict[str, HeldFolder] = {}
        hold.mkdir(mode=0o700, parents=True)

    def gather(self) -> None:
        """Everything; who writes and deletes may go on."""
        self._read(self._source)

    def settle(self) -> None:
        """What has changed since; afterwards it is what there is now, and what clients add meanwhile, perhaps."""
        for path in list(self._folders):
            held = self._folders[path]
            try:
                changed = os.stat(path).st_ctime_ns != held.changed_ns
            except FileNotFoundError:
                self._forget(path)
            else:
                if changed:
                    self._read(path)

    def folders(self) -> Iterator[tuple[Path, HeldFolder]]:
        """Each with its path relative to the source, parents first."""
        return ((Path(path).relative_to(self._source), held) for path, held in sorted(self._folders.items()))

    def _read(self, path: str) -> None:
        """A folder that is gone meanwhile is passed over, as is a file."""
        with suppress(FileNotFoundError):
            changed_ns = os.stat(path).st_ctime_ns
            is_settled = time.time_ns() - changed_ns > _SETTLED_NS
            attributes = own_attributes(path)
            before = self._folders.get(path)
            held = HeldFolder(attributes, changed_ns if is_settled else 0, before.files if before else {})
            self._folders[path] = held
            with os.scandir(path) as entries:
                found = {entry.name: entry for entry in entries}
            for entry in found.values():
                self._take(held, entry)
            for name in held.files.keys() - found.keys():
                self._let_go(held, name)

    def _take(self, held: HeldFolder, entry: "os.DirEntry[str]") -> None:
        if entry.is_dir(follow_symlinks=False):
            if entry.path not in self._folders:
                self._read(entry.path)
        elif not is_unfinished(entry.name):
            known = held.files.get(entry.name)
            if known is None or known[0] != entry.inode():
                self._link(held, entry)

    def _link(self, held: HeldFolder, entry: "os.DirEntry[str]") -> None:
        self._let_go(held, entry.name)
        place = str(self._hold / str(next(self._numbers)))
        with suppress(FileNotFoundError):
            os.link(entry.path, place, follow_symlinks=False)
            held.files[entry.name] = (os.stat(place).st_ino, place)

    def _let_go(self, held: HeldFolder, name: str) -> None:
        known = held.files.pop(name, None)
        if known is not None:
            os.unlink(known[1])

    def _forget(self, path: str) -> None:
        held = self._folders.pop(path)
        for name in list(held.files):
            self._let_go(held, name)
