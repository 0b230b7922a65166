"""The whole system, and the people who use it while it is measured."""

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.http_client import Answer, Connection, rendered
from local_stack.stack import Stack

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Took:
    """What many requests took. `seconds`: each one, in order; `cpu_ms`: of each process, per request."""

    seconds: Sequence[float]
    elapsed_seconds: float
    cpu_ms: dict[str, float]
    answers: Sequence[Answer]

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.elapsed_seconds

    @property
    def shares(self) -> str:
        """Where the processors' time went, largest first."""
        largest = sorted(self.cpu_ms.items(), key=lambda each: -each[1])
        return ", ".join(f"{name} {spent:.2f}" for name, spent in largest if spent >= 0.02)


@dataclass(slots=True)
class Person:
    """One account, signed in, with some connections to the front door."""

    arena: "Arena"
    email: str
    connection_count: int
    id: str = ""
    connections: list[Connection] = field(default_factory=list)
    _headers: dict[str, str] = field(default_factory=dict)

    async def sign_in(self) -> None:
        """Again before each scenario: tokens live ten minutes, and idle connections are closed sooner."""
        await self.connect()
        tokens = await self.ask("POST", "/sessions", {"email": self.email, "password": PASSWORD})
        self._headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.id = str((await self.ask("GET", "/drive"))["id"])

    async def connect(self) -> None:
        """Anew."""
        self.close()
        url = self.arena.stack.url
        self.connections = [await Connection.open(url) for _ in range(self.connection_count)]

    def close(self) -> None:
        for connection in self.connections:
            connection.close()

    @property
    def headers(self) -> Mapping[str, str]:
        """What says who asks."""
        return self._headers

    def request(self, method: str, path: str, body: object = None) -> bytes:
        return rendered(method, path, self._headers, body)

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        answer = await self.connections[0].ask(self.request(method, path, body))
        return answer.json() if answer.body else None

    async def folder(self, name: str, parent_id: str = "root") -> str:
        return str((await self.ask("POST", "/folders", {"parent_id": parent_id, "name": name}))["id"])

    async def time(self, request: bytes) -> float:
        """Seconds that one request takes while nobody else asks."""
        started = time.perf_counter()
        await self.connections[0].ask(request)
        return time.perf_counter() - started

    async def send(self, requests: Iterable[bytes]) -> Took:
        return await self.arena.send(self.connections, requests)


@dataclass(slots=True)
class Arena:
    """`quick`: a twentieth of the size, to see that everything works."""

    stack: Stack
    quick: bool = False
    _people: list[Person] = field(default_factory=list)

    def size(self, count: int) -> int:
        return max(count // 20, 10) if self.quick else count

    async def person(self, connections: int = 8) -> Person:
        """A new account."""
        email = f"{uuid.uuid4().hex}@example.com"
        person = Person(self, email, connections)
        self._people.append(person)
        await person.connect()
        await person.ask("POST", "/accounts", {"email": email, "password": PASSWORD})
        await person.sign_in()
        return person

    async def send(self, connections: Iterable[Connection], requests: Iterable[bytes]) -> Took:
        """All of them, on all connections, each as soon as one is free."""
        waiting, seconds, answers = iter(requests), list[float](), list[Answer]()

        async def work(connection: Connection) -> None:
            for request in waiting:
                started = time.perf_counter()
                answers.append(await connection.ask(request))
                seconds.append(time.perf_counter() - started)

        before, started = self.cpu_seconds(), time.perf_counter()
        await together(work(each) for each in connections)
        elapsed = time.perf_counter() - started
        after, count = self.cpu_seconds(), max(1, len(answers))
        cpu_ms = {name: (spent - before[name]) / count * 1000 for name, spent in after.items()}
        return Took(seconds, elapsed, cpu_ms, answers)

    def cpu_seconds(self) -> dict[str, float]:
        """Of every process so far, this one included."""
        return cpu_seconds_of(self.stack) | {"client": _cpu_seconds(os.getpid())}

    def close(self) -> None:
        for person in self._people:
            person.close()


@asynccontextmanager
async def arena(folder: Path, *, quick: bool) -> AsyncIterator[Arena]:
    """A stack of its own in `folder`, gone afterwards."""
    stack = Stack(folder / "home", port=0)
    try:
        stack.up()
        opened = Arena(stack, quick)
        yield opened
        opened.close()
    finally:
        stack.down()


def cpu_seconds_of(stack: Stack) -> dict[str, float]:
    """Of every process of a stack so far; `logs` is the one that starts them and collects what they say."""
    pids = {name: stack.pid(name) for name in stack.plan.processes} | {"logs": stack.supervisor_pid}
    return {name: _cpu_seconds(pid) for name, pid in pids.items() if pid is not None}


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for work in works:
            tasks.create_task(work)


def _cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
