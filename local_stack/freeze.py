"""Processes that stand still for a moment, and go on whatever becomes of us.

A guard of its own session waits for us to be done, or to be killed: both close the pipe that it reads from.
`python -m local_stack.freeze PID …` is the guard.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

from local_stack.errors import StackError

# A disk may hang; people who wait for their uploads must not hang with it.
LONGEST_SECONDS = 60.0


_WATCHING = b"watching\n"


@contextmanager
def frozen(who: Callable[[], Sequence[int]]) -> Iterator[None]:
    """Stop these processes (SIGSTOP) for as long as the block runs; who they are is asked now, and again at the end.

    Raises StackError if it took too long, or if somebody came or went meanwhile, and so did not stand still.
    """
    pids = who()
    with _stopped(pids) if pids else nullcontext():
        yield
        if set(who()) != set(pids):
            raise StackError("an upload service was started or ended meanwhile: repeat it")


def wake(pids: Sequence[int]) -> None:
    """Have them go on, if they stand still; those that are gone are passed over."""
    _signal(pids, signal.SIGCONT)


@contextmanager
def _stopped(pids: Sequence[int]) -> Iterator[None]:
    guard = subprocess.Popen(
        [sys.executable, "-m", __name__, *map(str, pids)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    try:
        _check_start(guard.stdout)
        _signal(pids, signal.SIGSTOP)
        while guard.poll() is None and not all(_stands(pid) for pid in pids):
            time.sleep(0.001)
        yield
        _check_guard(guard.poll())
    finally:
        wake(pids)  # the guard does it too, unless it was killed
        guard.stdin.close()
        guard.wait()
        guard.stdout.close()


def _check_start(said: IO[bytes]) -> None:
    if said.readline() != _WATCHING:
        raise StackError("nobody was made to stand still: the guard that wakes them did not start")


def _check_guard(ended: int | None) -> None:
    """It ends by itself, in peace, when nobody may stand still for longer."""
    if ended == 0:
        raise StackError(f"listing the objects took longer than {LONGEST_SECONDS:.0f} s: is the disk well?")
    if ended is not None:
        raise StackError(f"the guard of those who stood still was killed ({ended}): is memory short?")


def _signal(pids: Sequence[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _stands(pid: int) -> bool:
    """Every thread of it; a signal is delivered to each in its own time. True if it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        states = [
            task.read_text().rpartition(")")[2].split()[0]
            for task in Path(f"/proc/{pid}/task").glob("*/stat")
        ]
        return all(state in "TtZX" for state in states)
    return False  # a thread that ended meanwhile: look again


def _guard(pids: Sequence[int]) -> None:
    sys.stdout.buffer.write(_WATCHING)
    sys.stdout.flush()
    select.select([sys.stdin], [], [], LONGEST_SECONDS)
    wake(pids)


if __name__ == "__main__":
    _guard([int(pid) for pid in sys.argv[1:]])
