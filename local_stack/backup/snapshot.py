"""What a home holds at one moment: objects as hard links, tables as a read transaction that stays open.

Links need the same disk, so what is held lies within `data`.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local_stack.backup.holding import Holding
from local_stack.errors import StackError
from local_stack.home import Home

_STAGING = ".backup"
_TABLES = Path("data") / "dynoxide" / "dynoxide.db"
_OBJECTS = Path("data") / "s3" / "objects"
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
class Member:
    """What is to be saved under `name`: a file, or without `path` a folder."""

    name: str
    path: Path | None = None
    attributes: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A home as of one moment: `copies` is laid out as the home, and has everything but the objects."""

    copies: Path
    objects: Holding
    tables: sqlite3.Connection

    def members(self) -> Iterator[Member]:
        """Everything, folders before what is in them."""
        for path in sorted(self.copies.rglob("*")):
            yield Member(str(path.relative_to(self.copies)), None if path.is_dir() else path)
        for folder, held in self.objects.folders():
            name = str(_OBJECTS / folder)
            yield Member(name, attributes=held.attributes)
            yield from (Member(f"{name}/{file}", Path(place)) for file, (_, place) in held.files.items())

    def write_tables(self) -> None:
        """The tables as of the moment, into their place; takes its time, and nobody waits for it."""
        target = self.copies / _TABLES
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


def copy_small_files(home: Home) -> Path:
    """All but tables and objects; returns where."""
    copies = staging_of(home) / "home"
    copies.mkdir(mode=0o700, parents=True)
    for name in _COPIED:
        _copy(home.root / name, copies / name)
    return copies


def hold_objects(home: Home) -> Holding:
    return Holding(home.root / _OBJECTS, staging_of(home) / "objects")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if source.is_dir():
        target.mkdir(mode=0o700)
        for path in source.iterdir():
            _copy(path, target / path.name)
    elif source.exists():
        shutil.copy2(source, target)
