"""Where a stack lives: one folder, private to its owner."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import StackError

_LEAST_FREE_BYTES = 256 * 2**20
_SOCKET_PATH_BYTES = 90  # a socket's path has at most 104 to 108 bytes, and supervisord adds its pid to ours
_MARK = ".stowage"


def default_home() -> Path:
    """STOWAGE_HOME, else the place that the desktop's conventions give."""
    own = os.environ.get("STOWAGE_HOME")
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return (Path(own) if own else Path(share) / "stowage").expanduser().absolute()


@dataclass(frozen=True, slots=True)
class Home:
    """`data` outlives everything but a reset; `run` holds what this start decided."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def restored(self) -> Path:
        """Says that the data came out of a backup, and that nobody has been told yet. Lies with the data."""
        return self.data / ".restored"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def tls(self) -> Path:
        return self.root / "tls"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def settings(self) -> Path:
        """Written by people, if at all: VARIABLE=value lines that every service is told. A reset keeps it."""
        return self.root / "settings.env"

    @property
    def exists(self) -> bool:
        """Whether a stack was ever started here."""
        return self.mark.exists()

    @property
    def mark(self) -> Path:
        """Says that this folder is a stack's; also the lock that commands hold while they change it."""
        return self.root / _MARK

    def make(self) -> None:
        """Make the folders. Raises StackError if this place cannot hold a stack."""
        self._check_place()
        self.lay_out()

    def lay_out(self) -> None:
        """The folders, wherever they will be run. Raises StackError if this disk cannot hold a stack."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.mark.touch()
        for folder in self._folders():
            folder.mkdir(mode=0o700, exist_ok=True)
        self._check_disk()

    def erase(self) -> None:
        """Delete all that the stack has put here, and nothing else."""
        for folder in self._folders():
            if folder.exists():
                shutil.rmtree(folder)

    def read_settings(self) -> dict[str, str]:
        """What stands in `settings`. Raises StackError on a line that says nothing."""
        if not self.settings.exists():
            return {}
        read = {}
        for number, line in enumerate(self.settings.read_text().splitlines(), 1):
            name, equals, value = (part.strip() for part in line.partition("="))
            if equals and name.isidentifier():
                read[name] = value
            elif line.strip() and not line.lstrip().startswith("#"):
                raise StackError(
                    f"{self.settings}, line {number}: write VARIABLE=value, or # before a comment"
                )
        return read

    def _folders(self) -> tuple[Path, ...]:
        return self.data, self.logs, self.secrets, self.tls, self.run

    def _check_place(self) -> None:
        strangers = [file for file in self.root.glob("*") if file != self.settings]
        if strangers and not self.exists:
            raise StackError(
                f"{self.root} holds files that are not Stowage's: set STOWAGE_HOME to a folder of its own"
            )
        if len(os.fsencode(self.run / "supervisor.sock")) > _SOCKET_PATH_BYTES:
            raise StackError(
                f"{self.root} is too long a path for a socket: set STOWAGE_HOME to a shorter one"
            )

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < _LEAST_FREE_BYTES:
            raise StackError(
                f"the disk that holds {self.root} is full ({free // 2**20} MiB left): "
                "free some room, or set STOWAGE_HOME to a folder on another disk"
            )
        if hasattr(os, "setxattr"):
            try:
                os.setxattr(self.data, "user.stowage", b"1")
            except OSError as error:
                if error.errno != errno.ENOTSUP:
                    raise
                raise StackError(
                    f"{self.root} is on a file system without extended attributes, where the S3 server keeps "
                    "its checksums: set STOWAGE_HOME to a folder on another disk (ext4, XFS, btrfs)"
                ) from error
