"""One run of one program: seconds, CPU seconds, peak memory."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Run:
    """`on_disk_seconds`: until what it had written was on disk as well, whoever wrote it on its behalf.

    `peak_rss_bytes`: the most memory that the process held at any time.
    """

    seconds: float
    on_disk_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Runs a program to its end, start-up included. Raises SystemExit with what it said if it fails."""
    os.sync()  # nobody shall wait for the disk on behalf of the run before
    started = perf_counter()
    process = subprocess.Popen(
        arguments,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - started
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {process.returncode}:\n{said}")
    os.sync()
    return Run(seconds, perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def peak_rss_bytes(pid: int) -> int:
    """Of a process that runs: VmHWM (proc(5)); 0 where there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    [line] = [line for line in lines if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024
