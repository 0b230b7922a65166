"""What a reader of the repository may rely on: no registry host in a lock, small files."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = ("protos/gen/", "requirements/", "LICENSE")
# Long for a reason that stands beside each name.
LONG_FILES: dict[str, str] = {}


def tracked_files() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def test_a_lock_of_npm_names_no_registry() -> None:
    locks = [name for name in tracked_files() if name.endswith("package-lock.json")]
    assert locks
    assert not [lock for lock in locks if '"resolved"' in (ROOT / lock).read_text()]


@pytest.mark.parametrize("lock", sorted(path.name for path in (ROOT / "requirements").glob("*.txt")))
def test_a_lock_pins_by_hash_and_names_no_registry(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    pins = len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE))
    assert pins > 0
    assert text.count("--hash=sha256:") >= pins


def test_python_files_stay_within_a_screenful_or_two() -> None:
    too_long = {
        name: count
        for name in tracked_files()
        if name.endswith(".py")
        and not name.startswith((*GENERATED, "tests/"))
        and name not in LONG_FILES
        and (count := len((ROOT / name).read_text().splitlines())) > 250
    }
    assert not too_long
