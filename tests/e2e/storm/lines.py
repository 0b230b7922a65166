"""A whole stack with a proxy on every line: before storage, before the tables, and between the services."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local_stack.plan import Plan, Process
from local_stack.planning import Planning
from local_stack.stack import Stack
from tests.e2e.storm.hasty_upload_service import PATIENCE
from tests.e2e.storm.http_line import HttpLine
from tests.e2e.storm.raw_line import RawLine

ROOT = Path(__file__).parents[3]
SERVICES = ("user_service", "file_metadata_service", "file_upload_service")
# Loopback as well, so that a service's own port stands for both: its neighbours are told this address.
_ADVERTISED = "127.0.0.2"
_HASTY = "tests.e2e.storm.hasty_upload_service"


@dataclass(slots=True)
class Lines:
    """Whoever calls somebody over HTTP has a line of their own, so that a fault knows whom it hits.

    `patience` multiplies the times of the hasty upload service."""

    patience: float = 1.0
    door: HttpLine = field(default_factory=lambda: HttpLine("person > gateway"))
    storage: HttpLine = field(default_factory=lambda: HttpLine("person > storage"))
    upload_storage: HttpLine = field(default_factory=lambda: HttpLine("upload service > storage"))
    upload_tables: HttpLine = field(default_factory=lambda: HttpLine("upload service > tables"))
    metadata_tables: HttpLine = field(default_factory=lambda: HttpLine("metadata service > tables"))
    rpc: dict[str, RawLine] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def http(self) -> tuple[HttpLine, ...]:
        return (self.door, self.storage, self.upload_storage, self.upload_tables, self.metadata_tables)

    async def open(self) -> None:
        for line in self.http:
            self.ports[line.name] = await line.open()

    async def close(self) -> None:
        for line in (*self.http, *self.rpc.values()):
            await line.close()

    def url(self, line: HttpLine) -> str:
        return f"http://127.0.0.1:{self.ports[line.name]}"

    async def connect(self, plan: Plan) -> None:
        """To the servers that the plan has."""
        uploads = plan.processes["file_upload_service"].env
        tables, storage = _place(uploads["DYNAMODB_ENDPOINT"]), _place(uploads["S3_ENDPOINT"])
        self.upload_tables.target = self.metadata_tables.target = tables
        self.storage.target = self.upload_storage.target = storage
        self.door.target = ("127.0.0.1", urlsplit(plan.url).port or 0)
        for name in SERVICES:
            env = plan.processes[name].env
            for line, port in (
                (name, env["STOWAGE_RPC_PORT"]),
                (f"{name} health", env["STOWAGE_HEALTH_PORT"]),
            ):
                if line not in self.rpc:
                    self.rpc[line] = RawLine(line, ("127.0.0.1", int(port)))
                    await self.rpc[line].open(_ADVERTISED, int(port))

    def through(self, process: Process) -> Process:
        """The process, as it is when it calls over these lines."""
        env = dict(process.env)
        if process.name in SERVICES:
            env["STOWAGE_ADVERTISE_HOST"] = _ADVERTISED
        if process.name == "file_metadata_service":
            env["DYNAMODB_ENDPOINT"] = self.url(self.metadata_tables)
        if process.name == "api_gateway":
            env["STOWAGE_STORAGE_ORIGINS"] = self.url(self.storage)
        if process.name != "file_upload_service":
            return replace(process, env=env)
        env["DYNAMODB_ENDPOINT"] = self.url(self.upload_tables)
        env["S3_ENDPOINT"], env["S3_PUBLIC_ENDPOINT"] = self.url(self.upload_storage), self.url(self.storage)
        env["PYTHONPATH"], env[PATIENCE] = str(ROOT), str(self.patience)
        argv = tuple(_HASTY if word == "file_upload_service" else word for word in process.argv)
        return replace(process, env=env, argv=argv)


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


@dataclass(frozen=True, slots=True)
class _LinedPlanning(Planning):
    """What is written down, and so started, goes by the lines; what is answered, and so prepared, does not."""

    lines: Lines
    loop: asyncio.AbstractEventLoop

    def settle(self, programs: Mapping[str, Path], **how: Any) -> Plan:
        plan = Planning.settle(self, programs, **how)
        asyncio.run_coroutine_threadsafe(self.lines.connect(plan), self.loop).result(10)
        lined = {name: self.lines.through(process) for name, process in plan.processes.items()}
        Plan(plan.url, lined).save(self.home)
        return plan


class StormyStack(Stack):
    """Its methods block: call them in a thread, for the lines need the loop."""

    def __init__(self, home: Path, lines: Lines) -> None:
        super().__init__(home, port=0)
        loop = asyncio.get_running_loop()
        self._planning = _LinedPlanning(self.home, self._supervisor, self._say, lines, loop)

    async def struck_down(self, name: str) -> None:
        """`kill -9`, at once if it runs."""
        with suppress(Exception):  # it may be down already, or slow to come back: then it is dead enough
            await asyncio.to_thread(self.kill, name)
