"""What a home holds at one moment: objects as hard links, tables as a read transaction that stays open.

Links cost no bytes and keep what is deleted meanwhile; they need the same disk, so they lie within `data`.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import StackError
from local_stack.home import Home
from local_stack.s3_repair import is_unfinished

_STAGING = ".backup"
_TABLES = Path("data") / "dynoxide" / "dynoxide.db"
_PAGES_A_STEP = 4096
# Replaced as a whole, never changed; small.
_COPIED = ("secrets", "tls", "settings.env", "data/s3/accounts")


def check_tables(home: Home) -> None:
    """Raises StackError if there are none that can be saved."""
    if not (home.root / _TABLES).exists():
        raise StackError(
            f"{home.root} holds no tables of dynoxide: there is nothing to back up, or another engine has them"
        )


def staging_of(home: Home) -> Path:
    return home.data / _STAGING


def clear_staging(home: Home) -> None:
    """What a killed backup left; for whoever holds the home's lock."""
    shutil.rmtree(staging_of(home), ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A home's files as of one moment, laid out as in the home, below `folder`."""

    folder: Path
    tables: sqlite3.Connection

    def write_tables(self) -> None:
        """The tables as of the moment, into their place; takes its time, and nobody waits for it."""
        target = self.folder / _TABLES
        target.parent.mkdir(mode=0o700, parents=True)
        try:
            verdict = self._copy_tables(target)
        except sqlite3.Error as error:
            raise StackError(
                f"the tables cannot be copied to {target} ({error}): is that disk full?"
            ) from error
        target.chmod(0o600)
        if verdict != "ok":
            raise StackError(f"the tables of this stack are damaged: {verdict}")

    def _copy_tables(self, target: Path) -> str:
        with closing(sqlite3.connect(target)) as written:
            # The source's transaction began at the moment; the copy sees nothing that came later.
            self.tables.backup(written, pages=_PAGES_A_STEP, sleep=0)
            return str(written.execute("PRAGMA quick_check").fetchone()[0])


@contextmanager
def tables_at_a_moment(home: Home) -> Iterator[sqlite3.Connection]:
    """A connection whose transaction begins now."""
    database = home.root / _TABLES
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, isolation_level=None)) as tables:
        tables.execute("PRAGMA busy_timeout = 10000")
        tables.execute("BEGIN")
        tables.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield tables


def link_files(home: Home, tables: sqlite3.Connection) -> Snapshot:
    """Link or copy everything else; the upload services must stand still."""
    folder = staging_of(home)
    folder.mkdir(mode=0o700)
    for name in _COPIED:
        _copy(home.root / name, folder / name)
    _link_tree(home.data / "s3" / "objects", folder / "data" / "s3" / "objects")
    return Snapshot(folder, tables)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if source.is_dir():
        target.mkdir(mode=0o700)
        for path in source.iterdir():
            _copy(path, target / path.name)
    elif source.exists():
        shutil.copy2(source, target)


def _link_tree(source: Path, target: Path) -> None:
    """Who clients still write into it may add and take away meanwhile: what is gone is passed over."""
    target.mkdir(mode=0o700, parents=True)
    with suppress(FileNotFoundError):
        _copy_attributes(source, target)
        with os.scandir(source) as entries:
            for entry in entries:
                _link(entry, target / entry.name)


def _link(entry: "os.DirEntry[str]", target: Path) -> None:
    if entry.is_dir(follow_symlinks=False):
        _link_tree(Path(entry.path), target)
    elif not is_unfinished(entry.name):
        with suppress(FileNotFoundError):
            os.link(entry.path, target, follow_symlinks=False)


def _copy_attributes(source: Path, target: Path) -> None:
    """Links share theirs; folders do not, and versitygw keeps buckets and multipart uploads in them."""
    for name in os.listxattr(source):
        os.setxattr(target, name, os.getxattr(source, name))
