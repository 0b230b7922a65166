"""A page of 200 through the whole system, beside a bare FastAPI route that encodes the same rows.

The bare one is another process with one worker and no idea of who asks; it holds the rows as dataclasses and encodes
them with the same encoder at every request.
"""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.arena import Took
from bench.findings import Finding, at_least, at_most, middle
from bench.http_client import Connection, rendered
from bench.landscape import Landscape

ROUNDS, REQUESTS, CONNECTIONS = 5, 200, 8
CACHED_SHARE, UNCACHED_MS = 0.3, 15.0


async def measure(land: Landscape) -> list[Finding]:
    person = await land.owner()
    small = land.folders["small"]
    page = person.request("GET", f"/folders/{small}/entries?limit=200")
    count = land.arena.size(REQUESTS)
    ours, bare = list[Took](), list[Took]()
    async with _bare_route() as url:
        connections = [await Connection.open(url) for _ in range(CONNECTIONS)]
        request = rendered("GET", "/bare", {})
        for _ in range(ROUNDS):
            ours.append(await person.send([page] * count))
            bare.append(await land.arena.send(connections, [request] * count))
    ratio = middle([one.per_second / other.per_second for one, other in zip(ours, bare, strict=True)])
    return [
        at_least(
            "listing 200 entries, unchanged: requests/s beside a bare FastAPI route with the same rows",
            ratio,
            CACHED_SHARE,
            " ×",
            more=f"{_rate(ours)}/s, {_rate(bare)}/s",
        ),
        Finding("the same: CPU per request, ms", ours[-1].shares),
        at_most(
            "listing 200 entries after a change in the folder, p50", await _uncached(land), UNCACHED_MS, " ms"
        ),
    ]


async def _uncached(land: Landscape) -> float:
    """One at a time, each after something in the folder was renamed."""
    person, small = await land.owner(), land.folders["small"]
    page = person.request("GET", f"/folders/{small}/entries?limit=200")
    node = await person.folder("renamed often", small)
    seconds = []
    for number in range(land.arena.size(60)):
        await person.ask("PATCH", f"/nodes/{node}", {"name": f"renamed {number}"})
        seconds.append(await person.time(page))
    await person.ask("DELETE", f"/nodes/{node}")
    return middle(seconds) * 1000


def _rate(took: list[Took]) -> str:
    return f"{middle([each.per_second for each in took]):,.0f}"


@asynccontextmanager
async def _bare_route() -> AsyncIterator[str]:
    process = subprocess.Popen(  # noqa: ASYNC220  # before anything is measured
        [sys.executable, "-m", "bench.bare_route"],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
