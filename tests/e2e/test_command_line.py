"""The command line on the whole stack: bytes in and out, cut at any moment and gone on with."""

import filecmp
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_stack.stack import Stack
from tests.e2e.shell import Shell

MIB = 2**20
CUTS = [signal.SIGINT, signal.SIGKILL]


@pytest.fixture
def shell(stack_url: str, tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(stack_url, tmp_path)
    shell.do("register", "--email", shell.email)
    yield shell
    shutil.rmtree(tmp_path)  # hundreds of megabytes, which pytest would keep


@pytest.fixture
def api(shell: Shell) -> Iterator[httpx.Client]:
    """The same person's REST, to look at what the command line cannot show."""
    token = json.loads(shell.session_file.read_text())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{shell.url}/api/v1", headers=headers, timeout=30) as client:
        yield client


def uploads(api: httpx.Client) -> list[dict[str, Any]]:
    return list(api.get("/uploads").json()["items"])


def parts(api: httpx.Client) -> list[dict[str, Any]]:
    """All parts of the person's open uploads that were signed so far."""
    found = [api.get(f"/uploads/{upload['id']}", params={"parts": "true"}).json() for upload in uploads(api)]
    return [part for upload in found for part in upload["parts"]]


def reported(api: httpx.Client) -> int:
    """How many parts are known to have arrived."""
    return sum(part["reported"] for part in parts(api))


@pytest.mark.parametrize("size", [0, 1, 300_000, 8 * MIB, 40 * MIB + 7])
def test_what_goes_in_comes_out(shell: Shell, size: int) -> None:
    source = shell.file("in.bin", os.urandom(size))

    shell.do("put", source, "/")
    shell.do("get", "/in.bin", shell.home / "out.bin")

    assert filecmp.cmp(source, shell.home / "out.bin", shallow=False)
    [there], [here] = shell.json("ls", "/in.bin")["items"], shell.json("hash", source)["items"]
    assert there["size"] == size
    assert (there["content_hash"], there["layout"]) == (here["content_hash"], here["layout"])
    assert shell.state_files == []


@pytest.mark.parametrize(
    "name",
    [
        "100 % grün? #1 & more;.txt",
        "日本語 ファイル.txt",
        "e\u0301a\u0308.txt",
        "a\\b'\"`$x.txt",
        "-r",
        "🚀" * 60,
    ],
)
def test_names_in_every_language_survive_the_way(shell: Shell, name: str) -> None:
    (shell.home / "in").mkdir()
    shell.file(f"in/{name}", name.encode())

    shell.do("put", "--", shell.home / "in", "/")
    assert shell.json("ls", "/in")["items"][0]["name"] == name
    shell.do("get", "-r", "/in", shell.home / "out")

    assert (shell.home / "out" / name).read_bytes() == name.encode()
    shell.do("mv", f"/in/{name}", "/in/plain.txt")
    shell.do("rm", "/in/plain.txt")


def test_a_folder_goes_in_moves_and_comes_out(shell: Shell) -> None:
    for number in range(60):
        shell.file(f"tree/{number % 4}/deep/{number}.txt", f"content {number}".encode())
    (shell.home / "tree" / "empty").mkdir()

    first = shell.json("put", shell.home / "tree", "/")
    second = shell.json("put", shell.home / "tree", "/")
    shell.do("mv", "/tree", "/moved")
    shell.do("rm", "/moved")
    shell.do("restore", "/moved")
    shell.do("get", "-r", "/moved", shell.home / "back")

    assert [file["outcome"] for file in first["files"]] == ["done"] * 60
    assert [file["outcome"] for file in second["files"]] == ["unchanged"] * 60
    assert not differences(filecmp.dircmp(shell.home / "tree", shell.home / "back"))


def test_what_was_copied_reverted_and_deleted_for_ever(shell: Shell) -> None:
    source = shell.file("tree/a.txt", b"first")
    shell.do("put", shell.home / "tree", "/")
    source.write_bytes(b"second!")
    shell.do("put", source, "/tree/", "--conflict", "replace")
    shell.do("cp", "/tree", "/copy")
    shell.do("revert", "/tree/a.txt", "1")
    shell.do("versions", "get", "/tree/a.txt", "2", shell.home / "second.txt")
    shell.do("versions", "keep", "/tree/a.txt", "2")
    shell.do("versions", "rm", "/tree/a.txt", "2")
    shell.do("rm", "/tree")
    shell.do("restore", "/tree")
    sizes = [version["size"] for version in shell.json("versions", "/tree/a.txt")["items"]]
    shell.do("rm", "/tree")
    purged = shell.json("purge", "/tree")["items"][0]
    shell.do("get", "/copy/a.txt", shell.home / "back.txt")

    assert sizes == [5, 5]
    assert (shell.home / "second.txt").read_bytes() == b"second!"
    assert (purged["state"], purged["done"]) == ("done", 2)
    assert shell.json("trash")["items"] == []
    assert (shell.home / "back.txt").read_bytes() == b"second!"


def test_who_follows_is_told_at_once_and_goes_on_after_ctrl_c(shell: Shell) -> None:
    cursor = shell.do("changes").strip()
    following = shell.begin("changes", "--follow", "--json", "--since", cursor)
    assert following.stdout is not None
    shell.do("mkdir", "/first")
    told = json.loads(following.stdout.readline())
    following.send_signal(signal.SIGINT)
    _, said = following.communicate(timeout=60)
    shell.do("mkdir", "/second")
    later = json.loads(shell.do("changes", "--since", told["cursor"], "--json"))

    assert following.returncode == 130
    assert json.loads(said)["error"]["code"] == "left_off"
    assert [entry["changes"][0]["node"]["name"] for entry in (told, later)] == ["first", "second"]


def differences(compared: filecmp.dircmp[str]) -> list[str]:
    found = compared.left_only + compared.right_only + compared.diff_files + compared.funny_files
    return found + [name for below in compared.subdirs.values() for name in differences(below)]


@pytest.mark.parametrize("cut", CUTS)
def test_a_put_that_was_cut_goes_on(shell: Shell, api: httpx.Client, cut: signal.Signals) -> None:
    source = shell.file("big.bin", os.urandom(MIB), size_bytes=400 * MIB)
    put = ("put", source, "/", "--parallel", "1")

    died = shell.interrupt(*put, when=lambda: reported(api) >= 2, by=cut)
    [left] = uploads(api)
    before = reported(api)
    done = shell.json(*put)

    assert died.returncode == (130 if cut == signal.SIGINT else -signal.SIGKILL)
    assert ("run the same command again" in died.stderr) == (cut == signal.SIGINT)
    assert "Traceback" not in died.stderr
    assert 2 <= before < 50
    assert done["files"][0]["resumed"]
    assert shell.json("ls", "/")["items"][0]["id"] == api.get(f"/uploads/{left['id']}").json()["node_id"]
    shell.do("get", "/big.bin", shell.home / "out.bin")
    assert filecmp.cmp(source, shell.home / "out.bin", shallow=False)
    assert shell.state_files == []


def test_another_device_goes_on_after_a_new_sign_in(shell: Shell, api: httpx.Client) -> None:
    source = shell.file("big.bin", os.urandom(MIB), size_bytes=300 * MIB)
    shell.interrupt("put", source, "/", "--parallel", "1", when=lambda: reported(api) >= 2, by=signal.SIGKILL)
    other = Shell(shell.url, shell.home / "other")
    other.home.mkdir()
    other.do("login", "--email", shell.email)
    [left] = other.json("uploads")["items"]
    before = len(other.json("uploads", "show", left["id"])["arrived"])
    report = other.json("uploads", "resume", left["id"], source)
    here = shell.json("put", source, "/")

    assert before >= 2
    assert report["bytes_saved"] >= before * 8 * MIB
    assert report["bytes_moved"] + report["bytes_saved"] == 300 * MIB
    assert (
        other.json("ls", "/big.bin")["items"][0]["content_hash"]
        == shell.json("hash", source)["items"][0]["content_hash"]
    )
    assert [file["outcome"] for file in here["files"]] == ["done"]  # it learns that its upload was finished
    assert here["bytes_moved"] == 0
    assert len(shell.json("ls", "/")["items"]) == 1


@pytest.mark.parametrize("process", ["api_gateway", "file_upload_service", "file_metadata_service", "s3"])
def test_a_put_finishes_by_itself_after_the_death_of(
    process: str, stack: Stack, shell: Shell, api: httpx.Client
) -> None:
    source = shell.file("big.bin", os.urandom(MIB), size_bytes=200 * MIB)
    put = shell.begin("put", source, "/", "--parallel", "1")
    while not parts(api):
        assert put.poll() is None
        time.sleep(0.02)

    stack.kill(process)

    _, said = put.communicate(timeout=200)
    assert put.returncode == 0, said
    shell.do("get", "/big.bin", shell.home / "out.bin")
    assert filecmp.cmp(source, shell.home / "out.bin", shallow=False)


@pytest.mark.parametrize("cut", CUTS)
def test_a_get_that_was_cut_goes_on(shell: Shell, cut: signal.Signals) -> None:
    source = shell.file("big.bin", os.urandom(MIB), size_bytes=400 * MIB)
    shell.do("put", source, "/")
    target = shell.home / "out.bin"
    get = ("get", "/big.bin", target, "--parallel", "1")

    def some_arrived() -> bool:
        return any(path.suffix == ".log" and path.stat().st_size > 200 for path in shell.state_files)

    shell.interrupt(*get, when=some_arrived, by=cut)
    assert not target.exists()
    done = shell.json(*get)

    assert done["files"][0]["resumed"]
    assert filecmp.cmp(source, target, shallow=False)
    assert shell.state_files == []
    assert [path.name for path in shell.home.iterdir() if path.name.startswith(".stowage")] == []


def test_a_file_that_changed_between_runs_is_sent_as_it_is_now(shell: Shell, api: httpx.Client) -> None:
    source = shell.file("big.bin", os.urandom(MIB), size_bytes=200 * MIB)
    shell.interrupt("put", source, "/", "--parallel", "1", when=lambda: bool(parts(api)), by=signal.SIGKILL)
    [old] = uploads(api)
    shell.file("big.bin", os.urandom(MIB), size_bytes=30 * MIB)

    done = shell.json("put", source, "/")

    assert not done["files"][0]["resumed"]
    shell.do("get", "/big.bin", shell.home / "out.bin")
    assert filecmp.cmp(source, shell.home / "out.bin", shallow=False)
    assert (
        api.get(f"/uploads/{old['id']}").json()["state"] == "open"
    )  # its file may come back; the server ends it


def test_a_change_that_hides_behind_the_old_time_is_found(shell: Shell, api: httpx.Client) -> None:
    source = shell.file("big.bin", os.urandom(MIB), size_bytes=300 * MIB)
    times = source.stat().st_mtime_ns
    shell.interrupt("put", source, "/", "--parallel", "1", when=lambda: reported(api) >= 2, by=signal.SIGKILL)
    with source.open("r+b") as file:
        file.write(os.urandom(MIB))
    os.utime(source, ns=(times, times))

    shell.do("put", source, "/")

    shell.do("get", "/big.bin", shell.home / "out.bin")
    assert filecmp.cmp(source, shell.home / "out.bin", shallow=False)


def test_a_token_that_ended_is_renewed_by_many_processes_at_once(shell: Shell) -> None:
    session = json.loads(shell.session_file.read_text())
    shell.session_file.write_text(json.dumps({**session, "access_expires_at": 0}))

    processes = [shell.begin("ls") for _ in range(4)]

    for process in processes:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert json.loads(shell.session_file.read_text())["refresh_token"] != session["refresh_token"]
    shell.do("ls")


def test_a_token_that_the_server_refuses_is_renewed(shell: Shell) -> None:
    session = json.loads(shell.session_file.read_text())
    shell.session_file.write_text(
        json.dumps({**session, "access_token": session["access_token"][:-8] + "AAAAAAAA"})
    )

    shell.do("ls")


def test_signing_out_ends_the_session(shell: Shell, api: httpx.Client) -> None:
    shell.do("logout")

    assert shell.run("ls").returncode == 3
    assert api.get("/account").status_code == 401


def test_errors_come_in_the_servers_words_with_code_and_request(shell: Shell) -> None:
    shell.file("a.txt", b"one")
    shell.do("put", shell.home / "a.txt", "/")
    shell.file("a.txt", b"two")

    taken = shell.run("put", shell.home / "a.txt", "/")
    missing = shell.run("get", "/nothing")

    assert (taken.returncode, missing.returncode) == (5, 4)
    assert "name_taken, request " in taken.stderr
    assert "node_not_found, request " in missing.stderr


def test_each_conflict_rule_does_what_it_says(shell: Shell) -> None:
    shell.file("a.txt", b"one")
    shell.do("put", shell.home / "a.txt", "/")
    shell.file("a.txt", b"two")

    shell.do("put", shell.home / "a.txt", "/", "--conflict", "rename")
    shell.do("put", shell.home / "a.txt", "/", "--conflict", "replace")

    assert sorted(item["name"] for item in shell.json("ls")["items"]) == ["a (2).txt", "a.txt"]
    shell.do("get", "/a.txt", shell.home / "out.txt")
    assert (shell.home / "out.txt").read_bytes() == b"two"


def test_a_big_file_that_the_drive_holds_elsewhere_is_there_at_once(shell: Shell, api: httpx.Client) -> None:
    source = shell.file("one.bin", os.urandom(24 * MIB))
    shell.do("put", source, "/")
    until_found(api, source.stat().st_size)

    report = json.loads(shell.do("put", source, "/again.bin", "--json"))
    shell.do("get", "/again.bin", shell.home / "out.bin")

    assert (report["bytes_moved"], report["bytes_saved"]) == (0, 24 * MIB)
    assert filecmp.cmp(source, shell.home / "out.bin", shallow=False)
    assert uploads(api) == []


def until_found(api: httpx.Client, size: int) -> None:
    """The index follows the drive."""
    for _ in range(100):
        if api.get("/search", params={"min_size": size, "max_size": size}).json()["items"]:
            return
        time.sleep(0.1)
    raise AssertionError(f"no file of {size} bytes is found")


def test_a_folder_is_mirrored_and_the_next_run_moves_nothing(shell: Shell) -> None:
    for name in ("a.txt", "deep/b.txt"):
        shell.file(f"tree/{name}", name.encode())
    shell.do("put", shell.home / "tree", "/")
    there = shell.home / "there"
    there.mkdir()
    shell.do("get", "-r", "/tree", there)
    shell.file("there/tree/deep/mine.txt", b"mine")

    report = json.loads(shell.do("get", "-r", "/tree", there, "--delete", "--json"))

    assert (
        sorted((file["outcome"], file["why"]) for file in report["files"] if file["why"])
        == [("unchanged", "its size and time are the same")] * 2
    )
    assert [file["target"] for file in report["files"] if file["outcome"] == "deleted"] == [
        str(there / "tree" / "deep" / "mine.txt")
    ]
    assert report["bytes_moved"] == 0
