"""The README's five minutes, run as they stand."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tour_works_as_it_is_written(stack_url: str, tmp_path: Path) -> None:
    tour = (ROOT / "README.md").read_text().split("<!-- tour:")[1]
    script = "\n".join(re.findall(r"```sh\n(.*?)```", tour, re.DOTALL))
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    environment = {
        **os.environ,
        "STOWAGE_URL": stack_url,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.rstrip().endswith("Dear Charles,")
