"""From a change to the clients that listen: alone, and among a thousand."""

import asyncio
import secrets
import time

from bench.arena import Person
from bench.findings import Finding, at_most, middle, percentile
from bench.http_client import Connection
from bench.landscape import Landscape

ROUNDS, LISTENERS = 100, 1_000
P99_MS = 200.0


class Listener(Connection):
    """Notes when it first hears of each name that it is told to listen for."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.is_open = asyncio.Event()
        self._name = b""
        self._heard: asyncio.Future[float] | None = None

    def expect(self, name: str) -> "asyncio.Future[float]":
        self._name = name.encode()
        self._heard = asyncio.get_running_loop().create_future()
        return self._heard

    def data_received(self, data: bytes) -> None:
        self.is_open.set()
        if self._heard is not None and not self._heard.done() and self._name in data:
            self._heard.set_result(time.perf_counter())


async def measure(land: Landscape) -> list[Finding]:
    person = await land.arena.person()
    listener = await _listen(person)
    alone = await _delays(person, listener, land.arena.size(ROUNDS))
    others = [await _listen(person) for _ in range(land.arena.size(LISTENERS) - 1)]
    crowded = await _delays(person, listener, land.arena.size(ROUNDS) // 2)
    for each in (listener, *others):
        each.close()
    return [
        _finding("from a change's answer to the event at a listener", alone),
        _finding(f"the same, with {len(others) + 1:,} listeners connected", crowded),
    ]


async def _listen(person: Person) -> Listener:
    listener = await Listener.open(person.arena.stack.url)
    listener.send(person.request("GET", "/changes/stream"))
    await listener.is_open.wait()
    return listener


async def _delays(person: Person, listener: Listener, count: int) -> list[float]:
    """Seconds from the answer on; an event may come before it."""
    delays = []
    for _ in range(count):
        name = secrets.token_hex(8)
        heard = listener.expect(name)
        await person.folder(name)
        answered = time.perf_counter()
        async with asyncio.timeout(10):
            delays.append(max(0.0, await heard - answered))
    return delays


def _finding(what: str, delays: list[float]) -> Finding:
    p99 = percentile(delays, 0.99) * 1000
    return at_most(f"{what}, p99", p99, P99_MS, " ms", more=f"p50 {middle(delays) * 1000:.1f} ms")
