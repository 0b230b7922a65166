"""What another program writes, through the real command line and the whole stack."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.e2e.shell import PATIENCE_SECONDS, Shell

MIB = 2**20
# Of a pipe 12 parts of 8 MiB are held with 8 connections; Python and its libraries take the rest.
MOST_RESIDENT_BYTES = 260 * MIB


@pytest.fixture
def shell(stack_url: str, tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(stack_url, tmp_path)
    shell.do("register", "--email", shell.email)
    yield shell
    shutil.rmtree(tmp_path)


@pytest.fixture
def api(shell: Shell) -> Iterator[httpx.Client]:
    token = json.loads(shell.session_file.read_text())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{shell.url}/api/v1", headers=headers, timeout=30) as client:
        yield client


@contextmanager
def piping(shell: Shell, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "stowage_client", *words],
        env=shell.environment,
        cwd=shell.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, 130 * MIB + 7])
def test_what_goes_in_through_a_pipe_comes_out(shell: Shell, size: int) -> None:
    content = os.urandom(size)

    with piping(shell, "put", "-", "/all.bin", "--json") as putting:
        out, err = putting.communicate(content, timeout=PATIENCE_SECONDS)

    assert putting.returncode == 0, err
    assert json.loads(out)["files"][0]["size"] == size
    shell.do("get", "/all.bin", shell.home / "out.bin")
    assert (shell.home / "out.bin").read_bytes() == content
    assert shell.json("uploads")["items"] == []


def test_the_output_of_tar_is_a_tar(shell: Shell) -> None:
    for number in range(20):
        shell.file(f"in/{number}.bin", os.urandom(MIB))
    command = f"set -o pipefail; tar c in | {sys.executable} -m stowage_client put -p - /backup/in.tar"

    subprocess.run(["bash", "-c", command], cwd=shell.home, env=shell.environment, check=True)

    shell.do("get", "/backup/in.tar", shell.home / "in.tar")
    (shell.home / "in").rename(shell.home / "was")
    subprocess.run(["tar", "xf", "in.tar"], cwd=shell.home, check=True)
    for number in range(20):
        path = Path("in") / f"{number}.bin"
        assert (shell.home / path).read_bytes() == (shell.home / "was" / path.name).read_bytes()


def test_memory_does_not_grow_with_the_pipe(shell: Shell) -> None:
    sha256 = hashlib.sha256()
    with piping(shell, "put", "-", "/long.bin") as putting:
        assert putting.stdin is not None
        for number in range(600):
            block = number.to_bytes(4, "big") * (MIB // 4)
            sha256.update(block)
            putting.stdin.write(block)
        # The most it ever held; what wait4 tells would count what this process held when it began the other.
        most_resident_bytes = _most_resident_bytes(putting.pid)
        putting.stdin.close()
        putting.wait(timeout=PATIENCE_SECONDS)

    assert putting.returncode == 0
    assert most_resident_bytes < MOST_RESIDENT_BYTES
    shell.do("get", "/long.bin", shell.home / "out.bin")
    with (shell.home / "out.bin").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == sha256.digest()


def test_stopped_while_the_program_before_it_is_silent_it_ends_at_once_and_leaves_nothing(
    shell: Shell, api: httpx.Client
) -> None:
    with piping(shell, "put", "-", "/all.bin") as putting:
        assert putting.stdin is not None
        assert putting.stderr is not None
        putting.stdin.write(os.urandom(20 * MIB))
        putting.stdin.flush()
        _wait_for_parts(api)
        putting.send_signal(signal.SIGINT)
        putting.wait(timeout=20)
        said = putting.stderr.read().decode()

    assert putting.returncode == 130
    assert "A pipe cannot be read twice" in said
    assert "Traceback" not in said
    assert "Fatal" not in said
    assert api.get("/uploads").json()["items"] == []
    assert shell.json("ls", "/")["items"] == []


def test_killed_it_leaves_an_upload_that_is_seen_and_can_be_ended(shell: Shell, api: httpx.Client) -> None:
    with piping(shell, "put", "-", "/all.bin") as putting:
        assert putting.stdin is not None
        putting.stdin.write(os.urandom(20 * MIB))
        putting.stdin.flush()
        _wait_for_parts(api)
        putting.kill()
        putting.wait(timeout=20)

    [left] = shell.json("uploads")["items"]
    assert (left["name"], left["size"]) == ("all.bin", None)
    shell.do("uploads", "cancel", left["id"])
    assert shell.json("uploads")["items"] == []


def _wait_for_parts(api: httpx.Client) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_SECONDS * 10):
        found = api.get("/uploads").json()["items"]
        if found and len(api.get(f"/uploads/{found[0]['id']}", params={"parts": 1}).json()["parts"]) >= 2:
            return
        pause.wait(0.1)
    raise AssertionError("no parts were signed")


def _most_resident_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
