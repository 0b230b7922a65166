"""A folder of many small files: put, list, move, trash, restore; beside an empty folder, so that growth would show.

python -m bench.folder --files 5000
"""

import argparse
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

from bench.measured import run
from local_stack.stack import Stack

FILE_BYTES = 10 * 1024
ROUNDS = 7


class Drive:
    """One account's drive over REST."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=60)
        tokens = self.ask("POST", "/sessions", json={"email": email, "password": password})
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def ask(self, method: str, path: str, **options: object) -> dict[str, object]:
        answer = self.http.request(method, path, **options)  # type: ignore[arg-type]  # passed through
        answer.raise_for_status()
        return dict(answer.json())

    def folder(self, name: str) -> str:
        return str(self.ask("POST", "/folders", json={"parent_id": "root", "name": name})["id"])

    def list(self, folder_id: str, limit: int) -> int:
        """All pages; how many entries there are."""
        count, cursor = 0, ""
        while True:
            parameters = {"limit": limit, "cursor": cursor}
            page = self.ask("GET", f"/folders/{folder_id}/entries", params=parameters)
            count += len(page["items"])  # type: ignore[arg-type]  # a list, by the API
            if page["next_cursor"] is None:
                return count
            cursor = str(page["next_cursor"])

    def operations(self, folder_id: str, other_id: str) -> dict[str, Callable[[], object]]:
        """Each leaves the folder where it was found."""
        path = f"/nodes/{folder_id}"
        return {
            "first page of 200": lambda: self.ask("GET", f"/folders/{folder_id}/entries"),
            "move": lambda: self.ask("PATCH", path, json={"parent_id": other_id}),
            "move back": lambda: self.ask("PATCH", path, json={"parent_id": "root"}),
            "trash": lambda: self.ask("DELETE", path),
            "restore": lambda: self.ask("POST", f"/trash/{folder_id}/restore", json={}),
        }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=1000)
    count = parser.parse_args(arguments).files
    with tempfile.TemporaryDirectory(prefix="stowage-bench-") as temporary:
        folder = Path(temporary)
        stack = Stack(folder / "home", port=0)
        try:
            stack.up()
            _measure(stack, folder, count)
        finally:
            stack.down()


def _measure(stack: Stack, folder: Path, count: int) -> None:
    source = folder / "many"
    source.mkdir()
    for number in range(count):
        (source / f"{number:05}.bin").write_bytes(os.urandom(FILE_BYTES))
    email, password = "bench@example.com", secrets.token_urlsafe(16)
    environment = {
        "STOWAGE_URL": stack.url,
        "STOWAGE_PASSWORD": password,
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    stowage = [sys.executable, "-m", "stowage_client"]
    run([*stowage, "register", "--email", email], environment)
    put = run([*stowage, "put", str(source), "/"], environment)
    print(
        f"\n{count} files of 10 KiB into one folder: {put.seconds:.1f} s, {count / put.seconds:.0f} files/s"
    )

    drive = Drive(stack.url, email, password)
    many = str(drive.ask("GET", "/paths/many")["id"])
    empty, other = drive.folder("empty"), drive.folder("other")
    started = perf_counter()
    assert drive.list(many, 1000) == count
    print(f"listed by pages of 1000: {(perf_counter() - started) * 1000:.0f} ms")
    print(f"{'':18} {'full':>8} {'empty':>8}  ratio   (ms, medians of {ROUNDS} in turns)")
    full_times, empty_times = _in_turns(drive, (many, empty), other)
    for name, times in full_times.items():
        full_ms, empty_ms = median(times) * 1000, median(empty_times[name]) * 1000
        print(f"{name:18} {full_ms:8.1f} {empty_ms:8.1f} {full_ms / empty_ms:6.2f}")


def _in_turns(drive: Drive, folders: tuple[str, str], other: str) -> tuple[dict[str, list[float]], ...]:
    times: tuple[dict[str, list[float]], ...] = ({}, {})
    for _ in range(ROUNDS):
        for folder_id, record in zip(folders, times, strict=True):
            for name, operation in drive.operations(folder_id, other).items():
                started = perf_counter()
                operation()
                record.setdefault(name, []).append(perf_counter() - started)
    return times


if __name__ == "__main__":
    main()
