"""The command line, as a process of its own: a folder of many small files, an empty one and one of several parts."""

import asyncio
import hashlib
import os
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.e2e.person import PART_SIZE_BYTES
from tests.e2e.storm.sender import Sender

_TRIES, _TRY_SECONDS = 8, 150


@dataclass(slots=True)
class ShellSender:
    """On the sender's account. `repeats`: how often the command failed and was said again, `said` its last words,
    `seconds` how long the last folder took."""

    sender: Sender
    home: Path
    repeats: int = 0
    said: str = ""
    seconds: float = 0.0

    async def sign_in(self) -> None:
        code = await self._run("login", "--email", self.sender.email)
        assert code == 0, self.said

    async def put_folder(self, name: str, chance: random.Random) -> dict[str, str]:
        """Goes on until all of it lies in the drive; by path, the files' SHA-256."""
        folder = self.home / name
        files = {"empty": b"", "large": chance.randbytes(PART_SIZE_BYTES + chance.randint(1, 99_999))}
        files |= {
            f"small {n}": chance.randbytes(chance.randint(1, 40_000)) for n in range(chance.randint(2, 25))
        }
        files["below/one part"] = chance.randbytes(chance.randint(100_000, 2_000_000))
        for path, body in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(body)
        began = monotonic()
        for _ in range(_TRIES):
            if await self._run("put", "-r", str(folder), "/") == 0:
                self.seconds = monotonic() - began
                return {f"{name}/{path}": hashlib.sha256(body).hexdigest() for path, body in files.items()}
            self.repeats += 1
        raise AssertionError(f"stowage put -r fails again and again: {self.said}")

    async def _run(self, *words: str) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "stowage_client", *words, cwd=self.home, env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                out, _ = await process.communicate()
        except BaseException:
            if process.returncode is None:
                process.kill()
                await process.wait()
            raise
        self.said = out.decode()
        assert "Traceback" not in self.said, self.said
        assert process.returncode is not None
        return process.returncode

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "STOWAGE_URL": self.sender.api,
            "STOWAGE_PASSWORD": "correct horse battery staple",
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
        }
