"""What the services hold at a moment: files, calls, memory; and whether their logs say that something went wrong."""

import re
from dataclasses import dataclass

import httpx
import psutil

from local_stack.composition import PACKAGES
from local_stack.stack import Stack

_IN_FLIGHT = re.compile(r"^stowage_rpc_server_in_flight (\S+)", re.MULTILINE)
_SPARE_FILES = 10
_SPARE_BYTES = 24 * 2**20
_TROUBLE = ("Traceback", '"level": "error"', "Exception", "never retrieved")


@dataclass(frozen=True, slots=True)
class Vitals:
    """Of one process."""

    files: int
    calls: int
    memory_bytes: int


def vitals(stack: Stack) -> dict[str, Vitals]:
    """By process, of every service."""
    return {name: _of(stack, name) for name in _services(stack)}


def _of(stack: Stack, name: str) -> Vitals:
    pid = stack.pid(name)
    assert pid is not None, name
    process = psutil.Process(pid)
    port = stack.env(name)["STOWAGE_HEALTH_PORT"]
    in_flight = _IN_FLIGHT.search(httpx.get(f"http://127.0.0.1:{port}/metrics").text)
    return Vitals(
        files=process.num_fds(),
        calls=int(float(in_flight[1])) if in_flight else 0,
        memory_bytes=process.memory_info().rss,
    )


def held_on_to(before: dict[str, Vitals], now: dict[str, Vitals]) -> dict[str, tuple[Vitals, Vitals]]:
    """Who holds more than before: calls at all, files and memory beyond what breathes."""
    return {
        name: (was, it)
        for name, was, it in ((name, before[name], now[name]) for name in now)
        if it.calls
        or it.files > was.files + _SPARE_FILES
        or it.memory_bytes > was.memory_bytes + _SPARE_BYTES
    }


class Logs:
    """What the services have written since this was made."""

    def __init__(self, stack: Stack) -> None:
        self._files = [stack.home.logs / f"{name}.log" for name in _services(stack)]
        self._sizes = [file.stat().st_size for file in self._files]

    def trouble(self) -> list[str]:
        """Lines that nobody should have to read."""
        found = []
        for file, size in zip(self._files, self._sizes, strict=True):
            with file.open("rb") as log:
                log.seek(size)
                lines = log.read().decode(errors="replace").splitlines()
            found += [f"{file.stem}: {line}" for line in lines if any(word in line for word in _TROUBLE)]
        return found


def _services(stack: Stack) -> list[str]:
    return [name for name in stack.plan.processes if name.startswith(PACKAGES)]
