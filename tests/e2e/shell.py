"""A person at a terminal: `stowage …` as processes of their own, with a home of their own."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 120


@dataclass
class Shell:
    """Runs the command line against one server."""

    url: str
    home: Path

    def __post_init__(self) -> None:
        self.email = f"{uuid.uuid4().hex}@example.com"
        self.environment = {
            **os.environ,
            "STOWAGE_URL": self.url,
            "STOWAGE_PASSWORD": "correct horse battery staple",
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
        }

    def begin(self, *words: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "stowage_client", *map(str, words)],
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        process = self.begin(*words)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def do(self, *words: str | Path) -> str:
        """Fails unless it succeeds."""
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *words: str | Path) -> Any:
        return json.loads(self.do(*words, "--json"))

    def interrupt(
        self, *words: str | Path, when: Callable[[], bool], by: signal.Signals
    ) -> subprocess.CompletedProcess[str]:
        """Begins a command, and sends it a signal as soon as `when` holds."""
        process = self.begin(*words)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not when():
            assert process.poll() is None, f"it ended before it could be cut: {process.communicate()}"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(by)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def file(self, name: str, content: bytes, *, size_bytes: int | None = None) -> Path:
        """Of `size_bytes`, zeros after its content."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if size_bytes is not None:
            os.truncate(path, size_bytes)
        return path

    @property
    def session_file(self) -> Path:
        [file] = (self.home / "config" / "stowage").glob("session-*.json")
        return file

    @property
    def state_files(self) -> list[Path]:
        return [path for path in (self.home / "state").rglob("*") if path.is_file()]
