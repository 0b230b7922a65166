"""Search by name over 100,000 names, and how soon a change is found while the drive is being written."""

import asyncio
import random
import time
from urllib.parse import quote

from bench.arena import Person, together
from bench.filling import fill, names
from bench.findings import Finding, at_most, middle, percentile
from bench.landscape import HUGE, Landscape
from file_metadata_service.domain.ids import DriveId

QUESTIONS = 400
WRITERS, CHANGES = 4, 100
PAGE_MS, LAG_MS = 10.0, 1_000.0


async def measure(land: Landscape) -> list[Finding]:
    person = await land.arena.person()
    count = land.arena.size(HUGE)
    await _until_complete(person, "nothing yet")
    await fill(land.engine, DriveId(person.id), await person.folder("huge"), count, names_only=True)
    await person.sign_in()
    started = time.perf_counter()
    await _until_complete(person, "invoice")
    feeding = time.perf_counter() - started
    ms = [await _ms(person, question) for question in _questions(land.arena.size(QUESTIONS))]
    lags, busy = await _while_written(person, land.arena.size(CHANGES))
    return [
        Finding(f"an index reads {count:,} names from the journal", f"{count / feeding:,.0f} names/s"),
        at_most(
            f"search over {count:,} names, p50",
            middle(ms),
            PAGE_MS,
            " ms",
            more=f"p99 {percentile(ms, 0.99):.1f} ms",
        ),
        Finding(
            f"the same while {WRITERS} connections write to the drive",
            f"p50 {middle(busy):.1f} ms, p99 {percentile(busy, 0.99):.1f} ms",
        ),
        at_most(
            "from a change's answer until a search has found it, under that load, p99",
            percentile(lags, 0.99),
            LAG_MS,
            " ms",
            more=f"p50 {middle(lags):.1f} ms",
        ),
    ]


def _questions(count: int) -> list[str]:
    """Words, two words, beginnings, whole names, pieces with numbers; as people type them."""
    dice = random.Random(1)
    asked = []
    for name in dice.sample(names(HUGE), count):
        first, second, *_ = name.split()
        asked.append(dice.choice((first, f"{first} {second}", first[:3], second[:2], name, f"{first} jpg")))
    return asked


async def _ms(person: Person, question: str) -> float:
    return await person.time(person.request("GET", _path(question))) * 1000


async def _until_complete(person: Person, question: str) -> None:
    while not (await person.ask("GET", _path(question)))["complete"]:
        pass


async def _while_written(person: Person, count: int) -> tuple[list[float], list[float]]:
    """How long each change of one connection took to be found, and how long each question took."""
    lags, busy = list[float](), list[float]()
    done = asyncio.Event()

    async def write(number: int) -> None:
        connection, made = person.connections[number], 0
        while not done.is_set():
            made += 1
            body = {"parent_id": "root", "name": f"load {number} {made}"}
            await connection.ask(person.request("POST", "/folders", body))

    async def seek() -> None:
        for number in range(count):
            name = f"sought{number}"
            await person.folder(name)
            written = time.perf_counter()
            while not await _found(person, name, busy):
                pass
            lags.append((time.perf_counter() - written) * 1000)
        done.set()

    await together([seek(), *(write(number) for number in range(1, 1 + WRITERS))])
    return lags, busy


async def _found(person: Person, name: str, busy: list[float]) -> bool:
    started = time.perf_counter()
    page = await person.ask("GET", _path(name))
    busy.append((time.perf_counter() - started) * 1000)
    return any(item["name"] == name for item in page["items"])


def _path(question: str) -> str:
    return f"/search?q={quote(question)}"
