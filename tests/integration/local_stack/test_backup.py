"""A backup is whole or not there, a restore is all or nothing, and nobody stands still for longer than they must."""

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from local_stack.backup import Backup
from local_stack.bucket import client, ensure_bucket
from local_stack.errors import StackError
from local_stack.freeze import frozen
from local_stack.progress import silent
from local_stack.stack import Stack
from local_stack.vault import Vault
from tests.integration.local_stack.test_stack import make_table, table

_PATIENCE_SECONDS = 60.0


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short enough for the socket of a stack."""
    return tmp_path_factory.mktemp("b")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The engines, with a row and an object."""
    stack = Stack(tmp_path_factory.mktemp("home"), port=0, services=False)
    try:
        stack.up()
        make_table(stack)
        table(stack).put_item(Item={"id": "a"})
        s3(stack).put_object(Bucket="stowage", Key="k/é", Body=b"bytes", Metadata={"of": "mine"})
        yield stack
    finally:
        stack.down()


def s3(stack: Stack) -> Any:
    vault, endpoint = Vault(stack.home.secrets), f"http://{stack.plan.processes['s3'].address}"
    owner, root = vault.credentials("file-upload-service/s3"), vault.credentials("engines/s3_root")
    ensure_bucket(
        "stowage", endpoint=endpoint, region="us-east-1", root=root, owner=owner, origins=["http://a"]
    )
    return client(endpoint, owner, "us-east-1")


def killed_at(event: str, home: Path, what: str, *, of: str = "") -> None:
    """Does `what` with the stack in `home`, in a program that is killed (-9) at `event` (of that file)."""
    program = f"""
import os, signal, sys
from pathlib import Path
from local_stack.stack import Stack
stack = Stack(Path({str(home)!r}), port=0)
def hook(event, of):
    if event == {event!r} and {of!r} in str(of):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
stack.{what}
"""
    ended = subprocess.run([sys.executable, "-c", program], timeout=_PATIENCE_SECONDS, check=False)
    assert ended.returncode == -signal.SIGKILL


def test_what_was_saved_while_it_ran_is_there_in_another_home_on_other_ports(
    stack: Stack, tmp_path: Path
) -> None:
    file = stack.backup(tmp_path)
    table(stack).put_item(Item={"id": "later"})

    other = Stack(tmp_path / "other", port=0, services=False)
    other.restore(file)
    other.up()
    try:
        rows = table(other).scan()["Items"]
        found = s3(other).get_object(Bucket="stowage", Key="k/é", ChecksumMode="ENABLED")

        assert rows == [{"id": "a"}]
        assert (found["Body"].read(), found["Metadata"]) == (b"bytes", {"of": "mine"})
        assert other.plan.processes["s3"].address != stack.plan.processes["s3"].address
    finally:
        other.down()
        table(stack).delete_item(Key={"id": "later"})


def test_what_holds_secrets_is_for_its_owner_only(stack: Stack, tmp_path: Path) -> None:
    file = stack.backup(tmp_path)
    home = Stack(tmp_path / "other", port=0).home
    Stack(home.root, port=0).restore(file)

    restored = [file, *(path for path in home.secrets.rglob("*") if path.is_file())]
    assert len(restored) > 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in restored} == {0o600}
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    assert not list(stack.home.data.glob(".backup"))


def test_nothing_is_written_over(stack: Stack, tmp_path: Path) -> None:
    file = stack.backup(tmp_path / "b.tar")

    with pytest.raises(StackError, match="exists"):
        stack.backup(file)
    with pytest.raises(StackError, match=r"not empty.*STOWAGE_HOME"):
        stack.restore(file)
    with pytest.raises(StackError, match="lies within"):
        stack.backup(stack.home.data / "b.tar")


@pytest.mark.parametrize("at", [0.2, 0.5, 0.999])
def test_a_changed_byte_is_noticed_and_nothing_is_restored(stack: Stack, tmp_path: Path, at: float) -> None:
    file = stack.backup(tmp_path / "b.tar")
    content = bytearray(file.read_bytes())
    told = [place for place, byte in enumerate(content) if byte]  # zeros are filling
    content[told[int(len(told) * at)]] ^= 0x55
    file.write_bytes(content)

    with pytest.raises(StackError, match=r"damaged|not whole"):
        Stack(tmp_path / "other", port=0).restore(file)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar"]


def test_what_is_cut_off_is_not_whole(stack: Stack, tmp_path: Path) -> None:
    file = stack.backup(tmp_path / "b.tar")
    os.truncate(file, file.stat().st_size * 2 // 3)

    with pytest.raises(StackError, match=r"damaged|not whole"):
        Stack(tmp_path / "other", port=0).restore(file)

    assert not (tmp_path / "other").exists()


def test_another_file_is_told_from_a_backup(tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    file.write_bytes(b"hello" * 1000)

    with pytest.raises(StackError, match="no backup of Stowage"):
        Stack(tmp_path / "other", port=0).restore(file)
    with pytest.raises(StackError, match="cannot be read: No such file"):
        Stack(tmp_path / "other", port=0).restore(tmp_path / "none")


@pytest.mark.parametrize(("event", "of"), [("sqlite3.connect", ""), ("os.link", ""), ("os.link", "b.tar")])
def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_is_whole(
    stack: Stack, tmp_path: Path, event: str, of: str
) -> None:
    file = tmp_path / "b.tar"
    killed_at(event, stack.home.root, f"backup(Path({str(file)!r}))", of=of)
    was_there = file.exists()

    stack.backup(file)

    assert not was_there
    assert list(tmp_path.iterdir()) == [file]
    assert not (stack.home.data / ".backup").exists()


def test_what_a_killed_backup_held_is_let_go_at_the_next_up(stack: Stack, tmp_path: Path) -> None:
    killed_at("os.link", stack.home.root, f"backup(Path({str(tmp_path / 'b.tar')!r}))", of="b.tar")
    assert (stack.home.data / ".backup").exists()

    stack.up()

    assert not (stack.home.data / ".backup").exists()


@pytest.mark.parametrize("event", ["os.utime", "os.setxattr", "os.rename"])
def test_a_restore_that_is_killed_leaves_no_home_and_the_next_one_is_whole(
    stack: Stack, tmp_path: Path, event: str
) -> None:
    file, home = stack.backup(tmp_path / "b.tar"), tmp_path / "other"
    killed_at(event, home, f"restore(Path({str(file)!r}))")
    was_there = home.exists()

    Stack(home, port=0).restore(file)

    assert not was_there
    assert (home / "data" / "s3" / "objects" / "stowage" / "k" / "é").read_bytes() == b"bytes"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "other"]


@pytest.mark.parametrize(("share", "words"), [(0.2, "is that disk full"), (0.9, "File too large")])
def test_a_disk_that_takes_no_more_is_said_in_words_and_nothing_is_left(
    stack: Stack, tmp_path: Path, share: float, words: str
) -> None:
    to = tmp_path / "to"
    to.mkdir()
    most_bytes = int(stack.backup(tmp_path / "b.tar").stat().st_size * share)

    ended = subprocess.run(
        [sys.executable, "-m", "local_stack", "backup", str(to)],
        env={**os.environ, "STOWAGE_HOME": str(stack.home.root)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )

    assert ended.returncode == 1
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(to.iterdir())
    assert not (stack.home.data / ".backup").exists()


def test_who_stands_still_is_asked_when_all_is_gathered_and_a_change_ends_the_backup(
    stack: Stack, tmp_path: Path, sleeper: int
) -> None:
    held = stack.home.data / ".backup" / "objects"
    asked: list[bool] = []

    def deleters() -> list[int]:
        asked.append(any(held.iterdir()))
        return [sleeper] if len(asked) == 1 else []

    with pytest.raises(StackError, match="started or ended meanwhile"):
        Backup(stack.home, deleters, silent).take(tmp_path)

    assert asked == [True, True]
    assert not list(tmp_path.iterdir())
    assert state(sleeper) != psutil.STATUS_STOPPED


def test_who_was_made_to_stand_still_goes_on_though_the_backup_was_killed(sleeper: int) -> None:
    freezing = (
        "import sys, time; from local_stack.freeze import frozen\n"
        f"with frozen(lambda: [{sleeper}]): print('frozen', flush=True); time.sleep(60)"
    )
    backup = subprocess.Popen([sys.executable, "-c", freezing], stdout=subprocess.PIPE)
    assert backup.stdout is not None
    assert backup.stdout.readline() == b"frozen\n"
    assert state(sleeper) == psutil.STATUS_STOPPED

    backup.send_signal(signal.SIGKILL)
    backup.communicate()

    deadline = time.monotonic() + _PATIENCE_SECONDS
    while state(sleeper) == psutil.STATUS_STOPPED:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nobody_stands_still_after_the_block(sleeper: int) -> None:
    with frozen(lambda: [sleeper]):
        assert state(sleeper) == psutil.STATUS_STOPPED
    assert state(sleeper) != psutil.STATUS_STOPPED


def test_nobody_stands_still_though_the_guard_was_killed(sleeper: int) -> None:
    with pytest.raises(StackError, match=r"guard .* killed"), frozen(lambda: [sleeper]):
        kill_guard()
    assert state(sleeper) != psutil.STATUS_STOPPED


def test_nobody_is_stopped_without_a_guard(sleeper: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(StackError, match="did not start"), frozen(lambda: [sleeper]):
        pytest.fail("the block must not run")


@pytest.fixture
def sleeper() -> Iterator[int]:
    """Its pid."""
    sleeper = subprocess.Popen(["sleep", "60"])
    yield sleeper.pid
    sleeper.kill()
    sleeper.wait()


def kill_guard() -> None:
    guards = [child for child in psutil.Process().children() if "local_stack.freeze" in child.cmdline()]
    os.kill(guards[0].pid, signal.SIGKILL)
    wait_until(guards[0].pid, psutil.STATUS_ZOMBIE)


def wait_until(pid: int, wanted: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while state(pid) != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def state(pid: int) -> str:
    return str(psutil.Process(pid).status())
