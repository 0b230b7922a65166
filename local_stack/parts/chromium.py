"""Chromium, for the tests of the web page: any that is there will do."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from local_stack.parts.part import Part
from local_stack.parts.platform import missing
from local_stack.parts.store import Store
from local_stack.parts.tools import Run

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ADVICE = "install Chromium or Chrome, so that one of them is on PATH"


@dataclass(frozen=True, slots=True)
class FromDebian:
    """The distribution's own, with all that it needs: so it takes root. What stays in the cache is a link."""

    version: str = "debian"
    step: str = "installing it with apt-get"

    def obstacle(self) -> str | None:
        absent = missing("apt-get", _ADVICE)
        if absent is None and os.geteuid() != 0:
            return f"root may install it (apt-get install chromium), or {_ADVICE}"
        return absent

    def install(self, folder: Path, run: Run) -> None:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update"], env=quiet)
        run(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], env=quiet)
        (folder / "chromium").symlink_to("/usr/bin/chromium")


CHROMIUM = Part(name="chromium", program="chromium", recipes=(FromDebian(),))


def provide_chromium(store: Store) -> Path:
    """The browser's program, found or installed. Raises StackError in words."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else store.program(CHROMIUM)
