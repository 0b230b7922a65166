"""Who of ours is alive is known for sure, and nobody else is ever ended."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local_stack import roll
from local_stack.errors import StackError

SLEEPER = "import sys; from pathlib import Path; from local_stack.roll import sign_in; import os\n"
SLEEPER += "argv = [sys.executable, '-c', 'import time; print(0, flush=True); time.sleep(60)']\n"
SLEEPER += "sign_in(Path(sys.argv[1]), 'sleeper', argv); os.execv(argv[0], argv)"


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", SLEEPER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def test_a_process_that_signed_in_is_known_to_live_until_it_ends(
    sleeper: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    lived = roll.is_alive(tmp_path, "sleeper")
    sleeper.kill()
    sleeper.wait()

    assert lived
    assert not roll.is_alive(tmp_path, "sleeper")


def test_what_lives_is_ended_and_forgotten(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert roll.end(tmp_path, ["sleeper", "nobody"]) == ["sleeper"]

    assert not psutil.pid_exists(sleeper.pid)
    assert roll.entry(tmp_path, "sleeper") is None


def test_a_stranger_with_the_same_pid_is_left_alone(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """The lock is held and the pid exists, but its start time and command are another's."""
    file = tmp_path / "service.pid"
    file.write_text(json.dumps({"pid": sleeper.pid, "started": 1.0, "argv": ["service"], "starts": 1}))
    descriptor = os.open(file, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    with pytest.raises(StackError, match=rf"cannot be told for ours; end it by hand .*{sleeper.pid}"):
        roll.end(tmp_path, ["service"])

    assert psutil.pid_exists(sleeper.pid)
    os.close(descriptor)


def test_a_pid_file_whose_process_is_gone_ends_nobody(
    sleeper: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """The pid now belongs to somebody else, who holds no lock."""
    written = roll.entry(tmp_path, "sleeper")
    assert written
    (tmp_path / "service.pid").write_text((tmp_path / "sleeper.pid").read_text())

    assert roll.end(tmp_path, ["service"]) == []
    assert psutil.pid_exists(sleeper.pid)
