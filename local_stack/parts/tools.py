"""Running the installers of others (npm, go, mvn, pip, apt), and saying in words why one failed."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local_stack.errors import StackError

_EXPLANATIONS = (
    (
        re.compile(r"no space left|ENOSPC|disk quota exceeded", re.IGNORECASE),
        "the disk is full: free some room, or point XDG_CACHE_HOME (engines), STOWAGE_HOME (data) elsewhere",
    ),
    (
        re.compile(
            r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|could not resolve|no such host|name resolution"
            r"|network is unreachable|connection refused|connection timed out|i/o timeout|NewConnectionError"
            r"|unknown host|dial tcp|failed to fetch",
            re.IGNORECASE,
        ),
        "the network did not answer: check the connection, and the mirror or proxy this tool is set to use",
    ),
    (
        re.compile(r"no matching distribution|ETARGET|E404|404 +not found|unable to locate", re.IGNORECASE),
        "the mirror this tool is set to use did not answer, or does not have this version",
    ),
    (
        re.compile(
            r"requires go >=|requires rustc|requires newer|minimum supported|is not supported by",
            re.IGNORECASE,
        ),
        "the tool is too old for this: install a newer one",
    ),
    (re.compile(r"permission denied|EACCES", re.IGNORECASE), "a file or folder may not be written by you"),
)
_LAST_LINES = 12


def explain(output: str) -> str:
    """The likely cause of a failed installer, from what it printed; empty if nothing is recognised."""
    return next((words for pattern, words in _EXPLANATIONS if pattern.search(output)), "")


class Run(Protocol):
    """How a recipe runs programs."""

    def __call__(
        self, argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> str:
        """Run to the end and return what it printed. Raises StackError with the cause in words."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`Run` for one installation: all that is printed goes to one log, which failures name."""

    part: str
    log: Path
    timeout_seconds: float = 3600

    def __call__(
        self, argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> str:
        try:
            done = subprocess.run(
                list(argv),
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=self.timeout_seconds,
                check=False,
            )
        except FileNotFoundError as error:
            raise StackError(f"{self.part}: {argv[0]} is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise StackError(
                f"{self.part}: {argv[0]} did not end in {self.timeout_seconds:.0f} s; is the network slow?"
            ) from error
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(argv)}\n{done.stdout}\n[exit {done.returncode}]\n")
        if done.returncode:
            raise StackError(self._failure(argv[0], done.returncode, done.stdout))
        return done.stdout

    def _failure(self, program: str, code: int, output: str) -> str:
        cause = explain(output) or f"{program} failed (exit code {code})"
        last = "\n".join(f"    {line}" for line in output.strip().splitlines()[-_LAST_LINES:])
        return f"{self.part}: {cause}.\n{last}\n    (all of it: {self.log})"
