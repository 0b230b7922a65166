"""Pages for people whose shell blocks are run as they stand."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks(text: str) -> list[str]:
    """What stands in blocks marked `sh`, in order."""
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def run(script: str, stack_url: str, home: Path, *, seconds: float = 240) -> str:
    """In a folder of its own, as somebody who has just cloned would; fails unless every line succeeds."""
    (home / ".venv").symlink_to(ROOT / ".venv")
    environment = {
        **os.environ,
        "STOWAGE_URL": stack_url,
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
