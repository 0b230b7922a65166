"""What people do all day, by eight connections at once: the shape that Nextcloud 32 was measured with.

It took, tuned and on the same kind of machine: rename 25/s, make folder 38/s, delete 22/s, list 10,000 files 480 ms.
"""

import re
import secrets
import time

from bench.arena import Person, Took
from bench.findings import Finding, at_least, at_most, middle
from bench.landscape import MANY, Landscape

# A client that parsed a thousand rows would take longer than the server.
_NEXT_CURSOR = re.compile(rb'"next_cursor":"([^"]+)"')
ROUNDS = 1_000
WARM = 50
RENAMES, FOLDERS, DELETES = 250.0, 380.0, 220.0
FIRST_PAGE_MS, ALL_PAGES_MS = 15.0, 150.0


async def measure(land: Landscape) -> list[Finding]:
    person = await land.arena.person()
    count = land.arena.size(ROUNDS)
    await _all(person, WARM)
    made, renamed, deleted = await _all(person, count)
    return [
        _rate("make a folder, 8 connections", made, FOLDERS),
        _rate("rename, 8 connections", renamed, RENAMES),
        _rate("delete, 8 connections", deleted, DELETES),
        *await _lists(land),
    ]


async def _all(person: Person, count: int) -> tuple[Took, Took, Took]:
    """Makes, renames and deletes that many folders."""
    parent = await person.folder(secrets.token_hex(8))
    new = ({"parent_id": parent, "name": f"folder {number}"} for number in range(count))
    made = await person.send([person.request("POST", "/folders", body) for body in new])
    ids = [answer.json()["id"] for answer in made.answers]
    names = ({"name": f"renamed {number}"} for number in range(count))
    renames = [person.request("PATCH", f"/nodes/{node}", name) for node, name in zip(ids, names, strict=True)]
    renamed = await person.send(renames)
    deleted = await person.send([person.request("DELETE", f"/nodes/{node}") for node in ids])
    return made, renamed, deleted


def _rate(what: str, took: Took, required: float) -> Finding:
    total = sum(took.cpu_ms.values())
    return at_least(what, took.per_second, required, "/s", more=f"{total:.1f} ms CPU: {took.shares}")


async def _lists(land: Landscape) -> list[Finding]:
    person = await land.owner()
    many = land.folders["many"]
    first = person.request("GET", f"/folders/{many}/entries?limit=200")
    firsts = [await person.time(first) for _ in range(land.arena.size(ROUNDS) // 20)]
    pages = [await _all_pages(person, many) for _ in range(5)]
    return [
        at_most("first page of any listing, p50", middle(firsts) * 1000, FIRST_PAGE_MS, " ms"),
        at_most(f"{MANY:,} entries by pages of 1,000, p50", middle(pages) * 1000, ALL_PAGES_MS, " ms"),
    ]


async def _all_pages(person: Person, folder_id: str) -> float:
    """Seconds."""
    cursor, started = "", time.perf_counter()
    while True:
        request = person.request("GET", f"/folders/{folder_id}/entries?limit=1000&cursor={cursor}")
        answer = await person.connections[0].ask(request)
        found = _NEXT_CURSOR.search(answer.body)
        if found is None:
            return time.perf_counter() - started
        cursor = found[1].decode()
