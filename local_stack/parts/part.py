"""A part: one engine, the versions of it that do, and the ways to get it."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Protocol

from local_stack.errors import StackError
from local_stack.parts.tools import Run

Version = tuple[int, ...]


class Recipe(Protocol):
    """One way to install a part."""

    @property
    def version(self) -> str:
        """The version that comes this way."""

    @property
    def step(self) -> str:
        """What happens, for the progress line: "building with go (about 2 minutes)"."""

    def obstacle(self) -> str | None:
        """Why this way is closed on this machine, in words; None if it is open. Changes nothing."""

    def install(self, folder: Path, run: Run) -> None:
        """Fill the empty `folder` and verify what came. Raises StackError; half a folder is thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`program` is the file to run, also looked for on PATH; of `recipes` the first that works is taken."""

    name: str
    program: str
    recipes: Sequence[Recipe]
    version_arguments: Sequence[str] = ()
    oldest: Version = ()
    before: Version = (10**6,)

    def on_path(self) -> Path | None:
        """The program of a supported version that this machine already has, or None."""
        if not self.version_arguments:
            return None
        found = shutil.which(self.program)
        if found is None:
            return None
        version = printed_version([found, *self.version_arguments])
        return Path(found) if version and self.oldest <= version < self.before else None


def printed_version(argv: Sequence[str]) -> Version | None:
    """The first x.y or x.y.z that a program prints about itself; None if it prints none or fails."""
    try:
        done = subprocess.run(
            list(argv), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\bv?=?(\d+\.\d+(?:\.\d+)?)", done.stdout)
    return tuple(int(number) for number in match[1].split(".")) if match and done.returncode == 0 else None


def verify_sha256(file: Path, expected: str) -> None:
    """Raises StackError if the file is not the one that was tried."""
    with file.open("rb") as opened:
        actual = file_digest(opened, "sha256").hexdigest()
    if actual != expected:
        raise StackError(
            f"{file.name} is not the file it should be (sha256 {actual}, expected {expected}); "
            "it was thrown away. A mirror may be broken: try again later, or another one"
        )
