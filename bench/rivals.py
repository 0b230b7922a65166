"""copyparty and WsgiDAV, from PyPI in an environment that is thrown away, receiving the same files as we do.

Each serves a folder of its own on the loopback, without accounts. Neither syncs what it acknowledges.
"""

import asyncio
import secrets
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.http_client import Connection
from bench.measured import Run, run

PACKAGES = ("copyparty==1.20.26", "WsgiDAV==4.4.0", "cheroot")
Words = Callable[[int, Path], list[str]]
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Rival:
    """A server that runs. `programs`: where its environment's commands are."""

    name: str
    port: int
    pid: int
    programs: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Of its processes so far."""
        process = psutil.Process(self.pid)
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
        return sum(each.user + each.system for each in times)

    async def connections(self, count: int) -> list[Connection]:
        return [await Connection.open(self.url) for _ in range(count)]

    def puts(self, bodies: Sequence[bytes]) -> list[bytes]:
        """A whole PUT for each, below names that are not there yet."""
        prefix = secrets.token_hex(8)
        return [_put(f"/{prefix}-{number}.bin", self.port, body) for number, body in enumerate(bodies)]

    def up2k(self, source: Path, at_once: int) -> Run:
        """copyparty's own client, a whole process: hashed, and resumable."""
        there = f"{self.url}/{secrets.token_hex(8)}/"
        words = [str(self.programs / "u2c"), "-j", str(at_once), "-ns", there, f"{source}/"]
        return run(words, {})


@asynccontextmanager
async def rivals(folder: Path) -> AsyncIterator[list[Rival]]:
    """Both, ready, until the block ends. Raises CalledProcessError if PyPI does not give them."""
    programs = await asyncio.to_thread(_installed, folder / "rivals")
    with ExitStack() as opened:
        serving = [
            opened.enter_context(_serving(name, words, programs, folder / name))
            for name, words in (("copyparty", _copyparty), ("WsgiDAV", _wsgidav))
        ]
        for each in serving:
            await _ready(each)
        yield serving


def _installed(folder: Path) -> Path:
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PACKAGES], check=True)
    return folder / "bin"


def _copyparty(port: int, folder: Path) -> list[str]:
    own = ["--no-crt", "-q", "-e2d"]
    return ["copyparty", "-i", "127.0.0.1", "-p", str(port), "-v", f"{folder}::rwmd", *own]


def _wsgidav(port: int, folder: Path) -> list[str]:
    place = ["--host", "127.0.0.1", "--port", str(port), "--root", str(folder)]
    return ["wsgidav", "--no-config", "--auth", "anonymous", "-q", *place]


@contextmanager
def _serving(name: str, words: Words, programs: Path, folder: Path) -> Iterator[Rival]:
    folder.mkdir()
    port = _free_port()
    [program, *rest] = words(port, folder)
    with (folder.parent / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(programs / program), *rest],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"HOME": str(folder.parent), "PATH": str(programs)},
        )
    try:
        yield Rival(name, port, process.pid, programs)
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


async def _ready(rival: Rival) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            try:
                (await Connection.open(rival.url)).close()
            except ConnectionError:
                await asyncio.sleep(0.1)
            else:
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _put(path: str, port: int, body: bytes) -> bytes:
    lines = [f"PUT {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode() + body
