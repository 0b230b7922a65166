"""Who of ours is alive: one file for each process, locked for as long as it lives.

The file holds pid, start time and command line. A process is only ever ended if its lock is held and all three
still fit: a pid alone may have passed to a stranger.
"""

import fcntl
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local_stack.errors import StackError

_PATIENCE_SECONDS = 20.0
_CLOCK_SLACK_SECONDS = 5.0  # a start time is told relative to the clock, which may be set meanwhile


@dataclass(frozen=True, slots=True)
class Entry:
    """started: seconds since 1970. starts: how often this process was started since `up`."""

    pid: int
    started: float
    argv: tuple[str, ...]
    starts: int


def _file(run: Path, name: str) -> Path:
    return run / f"{name}.pid"


def sign_in(run: Path, name: str, argv: Sequence[str]) -> None:
    """Write this process down as `name`, soon to be `argv`, for as long as it lives, across exec.

    Raises StackError if another one keeps the name for longer than `_PATIENCE_SECONDS`.
    """
    descriptor = os.open(_file(run, name), os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _lock(descriptor):
        if time.monotonic() > deadline:
            raise StackError(
                f"{name} runs already, out of the supervisor's sight: `python -m local_stack up` mends that"
            )
        time.sleep(0.1)
    before = _parse(os.read(descriptor, 2**20))
    entry = Entry(
        os.getpid(), psutil.Process().create_time(), tuple(argv), (before.starts if before else 0) + 1
    )
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(asdict(entry)).encode())
    os.set_inheritable(descriptor, True)  # noqa: FBT003 - the standard library's signature


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _parse(content: bytes) -> Entry | None:
    try:
        read = json.loads(content)
        return Entry(read["pid"], read["started"], tuple(read["argv"]), read["starts"])
    except (ValueError, KeyError):
        return None


def entry(run: Path, name: str) -> Entry | None:
    """What was last written down for `name`; it may have ended since."""
    try:
        return _parse(_file(run, name).read_bytes())
    except FileNotFoundError:
        return None


def is_alive(run: Path, name: str) -> bool:
    """Whether the process that signed in as `name` still lives."""
    try:
        descriptor = os.open(_file(run, name), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def end(run: Path, names: Sequence[str]) -> list[str]:
    """End the processes that signed in under these names, all at once; returns who did live. Forgets their starts.

    Raises StackError if whoever holds a name is not who was written down; then nobody is ended.
    """
    alive = {name: _identified(name, entry(run, name)) for name in names if is_alive(run, name)}
    for process in alive.values():
        process.terminate()
    _, stubborn = psutil.wait_procs(alive.values(), _PATIENCE_SECONDS)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, _PATIENCE_SECONDS)
    for name in names:
        _file(run, name).unlink(missing_ok=True)
    return list(alive)


def _identified(name: str, written: Entry | None) -> psutil.Process:
    if written is not None:
        try:
            process = psutil.Process(written.pid)
            same_start = abs(process.create_time() - written.started) < _CLOCK_SLACK_SECONDS
            command = process.cmdline()
            if same_start and (tuple(command) == written.argv or "local_stack.launch" in command):
                return process
        except psutil.Error:
            pass
    raise StackError(
        f"a process that holds {name}'s place cannot be told for ours; end it by hand"
        + (f" (its pid was {written.pid})" if written else "")
    )
