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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from local_stack.errors import StackError

# A disk may hang; people who wait for their uploads must not hang with it.
LONGEST_SECONDS = 60.0


@contextmanager
def frozen(pids: Sequence[int]) -> Iterator[None]:
    """Stop these processes (SIGSTOP) for as long as the block runs. Raises StackError if it took too long."""
    if not pids:
        yield
        return
    guard = subprocess.Popen(
        [sys.executable, "-m", __name__, *map(str, pids)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    try:
        guard.stdout.readline()  # it watches
        _signal(pids, signal.SIGSTOP)
        while guard.poll() is None and not all(_stands(pid) for pid in pids):
            time.sleep(0.001)
        yield
        if guard.poll() is not None:
            raise StackError(
                f"listing the objects took longer than {LONGEST_SECONDS:.0f} s: is the disk well?"
            )
    finally:
        guard.stdin.close()
        guard.wait()
        guard.stdout.close()


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
    sys.stdout.write("watching\n")
    sys.stdout.flush()
    select.select([sys.stdin], [], [], LONGEST_SECONDS)
    _signal(pids, signal.SIGCONT)


if __name__ == "__main__":
    _guard([int(pid) for pid in sys.argv[1:]])
