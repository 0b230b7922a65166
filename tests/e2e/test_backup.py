"""A backup of the whole system under load, restored beside it: nothing that was acknowledged is missing."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from local_stack.stack import Stack
from tests.e2e.person import PART_SIZE_BYTES, Person

pytestmark = pytest.mark.judged_once

_LOADS = 3
_TWO_PARTS = b"two parts" * (PART_SIZE_BYTES // 9 + 1000)


def content_of(name: str) -> bytes:
    """Whoever sees the name knows what must be in it."""
    return (name * 50).encode()


class Load(threading.Thread):
    """Uploads, renames, aborts and throws away, one after the other, until it is told to stop."""

    def __init__(self, person: Person, label: str) -> None:
        super().__init__(name=label)
        self._person = person
        self.kept: list[str] = []
        self.failures: list[str] = []
        self.kept_something, self._enough = threading.Event(), threading.Event()

    def run(self) -> None:
        number = 0
        while not self._enough.is_set():
            number += 1
            try:
                self._round(f"{self.name}-{number}")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shall name it
                self.failures.append(repr(error))

    def stop(self) -> None:
        self._enough.set()
        self.join()

    def _round(self, name: str) -> None:
        person = self._person
        file = person.put(name, content_of(name))["node_id"]
        person.request("PATCH", f"/nodes/{file}", json={"name": f"{name}.kept"})
        self.kept.append(name)
        self.kept_something.set()
        gone = person.put(f"{name}.gone", content_of(f"{name}.gone"))["node_id"]
        person.request("DELETE", f"/nodes/{gone}")
        upload = person.start(f"{name}.aborted", b"x" * 100)["upload"]["id"]
        person.request("DELETE", f"/uploads/{upload}")


@pytest.fixture
def loads(person: Person) -> Iterator[list[Load]]:
    loads = [Load(person, f"load{number}") for number in range(_LOADS)]
    for load in loads:
        load.start()
    yield loads
    for load in loads:
        load.stop()


def test_what_was_acknowledged_before_a_backup_began_is_there_after_a_restore(
    stack: Stack, person: Person, loads: list[Load], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("b")
    under_way = person.start("two parts", _TWO_PARTS)["upload"]["id"]
    person.send_parts(under_way, [1], _TWO_PARTS)
    for load in loads:
        assert load.kept_something.wait(60)
    acknowledged = [name for load in loads for name in load.kept[:]]
    followed = person.now()

    back_up(stack, folder / "b.tar")
    for load in loads:
        load.stop()
    other = Stack(folder / "home", port=0)
    other.restore(folder / "b.tar")
    other.up()

    try:
        again = Person(other.url, person.email)
        with closing(again.http), closing(again.storage):
            again.sign_in()
            again.send_parts(under_way, [2], _TWO_PARTS)
            file = again.complete(under_way)["node_id"]
            assert again.content(file) == _TWO_PARTS
            assert_begun_anew(again, followed)
            assert_whole(again, acknowledged)
        assert [failure for load in loads for failure in load.failures] == []
    finally:
        other.down()


def test_who_was_left_standing_still_goes_on_at_the_next_up(stack: Stack) -> None:
    pid = stack.pid("file_upload_service")
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        stack.up()

        assert psutil.Process(pid).status() != psutil.STATUS_STOPPED
        assert stack.pid("file_upload_service") == pid
    finally:
        os.kill(pid, signal.SIGCONT)


def back_up(stack: Stack, file: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "local_stack", "backup", str(file)],
        env={**os.environ, "STOWAGE_HOME": str(stack.home.root)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def assert_whole(person: Person, acknowledged: list[str]) -> None:
    """Every name stands for its bytes, and none of those that were acknowledged is missing."""
    items = person.request("GET", "/folders/root/entries", params={"limit": 1000}).json()["items"]
    files = {item["name"].removesuffix(".kept"): item["id"] for item in items if item["name"] != "two parts"}
    trashed = person.request("GET", "/trash", params={"limit": 1000}).json()["items"]

    assert set(acknowledged) <= files.keys()
    assert not [name for name, node in files.items() if person.content(node) != content_of(name)]
    assert trashed


def assert_begun_anew(person: Person, followed: str) -> None:
    """Who followed the drive before the backup cannot know which of the changes that it saw are still there."""
    answer = person.http.get("/changes", params={"cursor": followed})
    assert (answer.status_code, answer.json()["code"]) == (409, "cursor_reset")


def test_who_deletes_objects_is_who_stands_still(stack: Stack) -> None:
    assert stack._deleters() == [stack.pid("file_upload_service")]
    assert None not in stack._deleters()
