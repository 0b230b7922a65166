"""Copying a folder of 10,000 files through the front door, until its job is done."""

import asyncio
import time
from typing import Any

from bench.arena import Person
from bench.filling import fill
from bench.findings import Finding, at_most
from bench.landscape import MANY, Landscape
from file_metadata_service.domain.ids import DriveId

COPY_SECONDS = 5.0
PAUSE_SECONDS = 0.05


async def measure(land: Landscape) -> list[Finding]:
    person = await land.arena.person()
    source = await person.folder("many")
    await fill(land.engine, DriveId(person.id), source, land.arena.size(MANY))
    before, started = land.arena.cpu_seconds(), time.perf_counter()
    body = {"parent_id": "root", "name": f"copy {time.time_ns()}"}
    job = await person.ask("POST", f"/nodes/{source}/copy", body)
    job = await _done(person, job)
    took = time.perf_counter() - started
    after = land.arena.cpu_seconds()
    spent = {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}
    shares = ", ".join(
        f"{name} {it:.2f}" for name, it in sorted(spent.items(), key=lambda each: -each[1]) if it >= 0.1
    )
    return [
        at_most("copy a folder of 10,000 files", took, COPY_SECONDS, " s"),
        Finding("the same: CPU, s", shares),
    ]


async def _done(person: Person, job: Any) -> Any:
    while job["state"] not in ("done", "failed", "cancelled"):
        await asyncio.sleep(PAUSE_SECONDS)
        job = await person.ask("GET", f"/jobs/{job['id']}")
    return job
