"""Taking a backup, of a stack that runs or rests."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local_stack.backup.archive import FORMAT, Header, Writer, reading
from local_stack.backup.meter import Meter
from local_stack.backup.snapshot import (
    Snapshot,
    check_tables,
    clear_staging,
    copy_small_files,
    hold_objects,
    tables_at_a_moment,
)
from local_stack.backup.versions import known_migrations
from local_stack.errors import StackError
from local_stack.files import appearing
from local_stack.freeze import frozen
from local_stack.home import Home
from local_stack.progress import Say


@dataclass(frozen=True, slots=True)
class Backup:
    """Of one home, by whoever holds its lock. deleters: tells the pids of the upload services that run now."""

    home: Home
    deleters: Callable[[], Sequence[int]]
    say: Say

    def take(self, target: Path) -> Path:
        """Write a new file at `target`, or in it if it is a folder; returns where. Raises StackError.

        The file is there under its name only when it is whole, was read back, and is on the disk.
        """
        now = datetime.now(UTC)
        file = target / f"stowage-{now:%Y-%m-%dT%H-%M-%SZ}.tar" if target.is_dir() else target
        self._check(file)
        clear_staging(self.home)
        try:
            with ExitStack() as stack:
                snapshot = self._snapshot(stack)
                snapshot.write_tables()
            self._write(snapshot, file, now)
        finally:
            clear_staging(self.home)
        return file

    def _snapshot(self, stack: ExitStack) -> Snapshot:
        objects = hold_objects(self.home)
        objects.gather()
        with frozen(self.deleters):
            began = time.monotonic()
            tables = stack.enter_context(tables_at_a_moment(self.home))
            objects.settle()
            copies = copy_small_files(self.home)
        self.say("backup", f"holds this moment; uploads stood still for {time.monotonic() - began:.2f} s")
        return Snapshot(copies, objects, tables)

    def _check(self, file: Path) -> None:
        if file.exists():
            raise StackError(f"{file} exists: a backup never writes over anything")
        if not file.parent.is_dir():
            raise StackError(f"{file.parent} is no folder: make it first")
        if file.resolve().is_relative_to(self.home.data.resolve()):
            raise StackError(f"{file} lies within what is backed up: choose another place")
        check_tables(self.home)

    def _write(self, snapshot: Snapshot, file: Path, now: datetime) -> None:
        members = list(snapshot.members())
        sizes = [member.path.stat().st_size for member in members if member.path is not None]
        header = Header(
            FORMAT,
            now.isoformat(timespec="seconds"),
            len(sizes),
            sum(sizes),
            tuple(sorted(known_migrations())),
        )
        with appearing(file) as (written, scratch):
            meter = Meter(self.say, "backup", "written", header.size_bytes)
            writer = Writer(written, header)
            for member in members:
                if member.path is None:
                    writer.add_folder(member.name, member.attributes)
                else:
                    meter.add(writer.add_file(member.name, member.path))
            writer.close()
            written.flush()
            _read_back(scratch, Meter(self.say, "backup", "read back", header.size_bytes))


def _read_back(file: Path, meter: Meter) -> None:
    with reading(file) as reader:
        for entry in reader.entries():
            for block in entry.blocks():
                meter.add(len(block))
