"""One person, one server and one storage in memory, and the command line before them."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from stowage_client.bootstrap import Machine
from stowage_client.cli import make_app
from tests.fakes.client_gateway import InMemoryGateway
from tests.fakes.client_storage import InMemoryStorage

SERVER = "http://stowage.test"


@dataclass
class World:
    """Everything that a command meets. Time stands still unless `later` moves it; pauses take none."""

    home: Path
    storage: InMemoryStorage = field(default_factory=InMemoryStorage)
    windows: bool = False
    moment: float = 1_800_000_000.0
    pauses: list[float] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gateway = InMemoryGateway(self.storage, now=self.now)
        self.handler: Callable[[httpx.Request], httpx.Response] = self.gateway.handle
        self.variables |= {
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "STOWAGE_URL": SERVER,
            "STOWAGE_PASSWORD": "correct horse battery staple",
        }

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.moment, UTC)

    def later(self, seconds: float) -> None:
        self.moment += seconds

    @property
    def machine(self) -> Machine:
        return Machine(
            variables=self.variables,
            home=self.home,
            watched=False,
            windows=self.windows,
            open_http=lambda server: httpx.AsyncClient(
                base_url=server, transport=httpx.MockTransport(lambda request: self.handler(request))
            ),
            open_storage=lambda connections: self.storage,
            now=lambda: self.moment,
            clock=lambda: sum(self.pauses),
            pause=self.pause,
        )

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def run(self, *words: str | Path) -> Result:
        """`stowage WORDS`."""
        return CliRunner().invoke(make_app(), [str(word) for word in words], obj=self.machine)

    def pipe(self, content: bytes, *words: str | Path) -> Result:
        """`… | stowage WORDS`."""
        arguments = [str(word) for word in words]
        return CliRunner().invoke(make_app(), arguments, obj=self.machine, input=content)

    def do(self, *words: str | Path) -> str:
        """The same; fails unless it succeeds. Returns what it printed."""
        result = self.run(*words)
        assert result.exit_code == 0, f"{result.exit_code}: {result.output} {result.exception!r}"
        return str(result.stdout)

    def json(self, *words: str | Path) -> Any:
        return json.loads(self.do(*words, "--json"))

    def file(self, name: str, content: bytes) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def stored(self, path: str) -> bytes:
        return self.storage.blobs[self.gateway.drive.path(path)["blob"]]

    def names(self, folder: str = "/") -> list[str]:
        drive = self.gateway.drive
        return [node["name"] for node in drive.children(drive.path(folder)["id"])]

    @property
    def tickets(self) -> list[Path]:
        return list((self.home / "state" / "stowage" / "uploads").glob("*.json"))


@pytest.fixture
def stranger(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def world(stranger: World) -> World:
    """Somebody who has signed in."""
    stranger.do("register", "--email", "ada@example.com")
    stranger.gateway.requests.clear()
    return stranger
