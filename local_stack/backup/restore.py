"""From a backup file to a home that can be started."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from local_stack.backup.archive import Entry, Header, Reader, reading
from local_stack.backup.meter import Meter
from local_stack.backup.versions import known_migrations
from local_stack.errors import StackError
from local_stack.files import is_own, sync_folder
from local_stack.home import Home
from local_stack.progress import Say

_TOP = frozenset({"data", "secrets", "tls", "settings.env"})
_SPARE_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Restore:
    """Into a home that does not exist yet, or is empty."""

    home: Home
    say: Say

    def load(self, file: Path) -> None:
        """The home is there when all of it is, checked and on the disk; else it is as it was. Raises StackError."""
        self._check_home()
        with reading(file) as reader:
            self._check_header(reader.header)
            with self._alone():
                self._fill_and_move_in(reader)

    def _fill_and_move_in(self, reader: Reader) -> None:
        scratch = self._scratch()
        try:
            meter = Meter(self.say, "restore", "restored", reader.header.size_bytes)
            for entry in reader.entries():
                _place(entry, scratch, meter)
            Home(scratch).restored.touch(mode=0o600)
            self._move_in(scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No second restore to this home, whose scratch would be the same; a home that is not there has no lock."""
        lock = FileLock(self._beside(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise StackError(f"another restore to {self.home.root} is at work") from error
        try:
            yield
        finally:
            self._beside(".lock").unlink(missing_ok=True)  # who waits for it notices, and takes a new one
            lock.release()

    def _beside(self, ending: str) -> Path:
        return self.home.root.with_name(f".{self.home.root.name}.restoring{ending}")

    def _check_home(self) -> None:
        if self.home.root.is_mount():
            raise StackError(
                f"{self.home.root} is a mount point, and a restore puts a new folder there: "
                "set STOWAGE_HOME to a folder within it"
            )
        found = {path.name for path in self.home.root.iterdir()} if self.home.root.exists() else set()
        if found - {self.home.mark.name}:
            raise StackError(
                f"{self.home.root} is not empty: a restore never writes over anything. "
                "Set STOWAGE_HOME to a new folder"
            )

    def _check_header(self, header: Header) -> None:
        newer = sorted(set(header.migrations) - known_migrations())
        if newer:
            raise StackError(f"the backup was made by a newer Stowage ({newer[0]}): restore it with that one")
        folder = next(path for path in self.home.root.parents if path.exists())
        free = shutil.disk_usage(folder).free
        if free < header.size_bytes + _SPARE_BYTES:
            raise StackError(
                f"the disk that holds {folder} has {free // 2**20} MiB left, and the backup needs "
                f"{header.size_bytes // 2**20}: free some room, or set STOWAGE_HOME to a folder on another disk"
            )

    def _scratch(self) -> Path:
        """Beside the home, so that it becomes the home by being renamed; a killed restore's is thrown away."""
        scratch = self._beside("")
        shutil.rmtree(scratch, ignore_errors=True)
        Home(scratch).lay_out()
        return scratch

    def _move_in(self, scratch: Path) -> None:
        """Whoever has moved in meanwhile stays. A mark alone makes way, and is put back if that did not help."""
        os.sync()
        self._check_home()
        try:
            scratch.rename(self.home.root)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            self._replace_mark(scratch)
        sync_folder(self.home.root.parent)

    def _replace_mark(self, scratch: Path) -> None:
        self._check_home()
        self.home.mark.unlink(missing_ok=True)
        try:
            scratch.rename(self.home.root)
        except OSError:
            self.home.mark.touch()
            self._check_home()  # says why, in words
            raise


def _place(entry: Entry, folder: Path, meter: Meter) -> None:
    parts = PurePosixPath(entry.name).parts
    if (
        not parts
        or parts[0] not in _TOP
        or ".." in parts
        or not (entry.member.isdir() or entry.member.isfile())
    ):
        raise StackError(f"the backup is damaged: {entry.name} is nothing that a backup holds")
    path = folder.joinpath(*parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if entry.member.isdir():
        path.mkdir(mode=0o700, exist_ok=True)
    else:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            for block in entry.blocks():
                opened.write(block)
                meter.add(len(block))
    for name, value in entry.attributes.items():
        if is_own(name):  # older backups hold others, which only root may set
            os.setxattr(path, name, value)
    if entry.member.isfile():
        os.utime(path, (entry.member.mtime, entry.member.mtime))
