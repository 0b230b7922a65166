"""A mirror by events, while the drive is written, moved, deleted and restored, and Redis hangs and dies in between."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import nullcontext

import httpx
import pytest

from local_stack.stack import Stack
from tests.e2e.load.outage import outage
from tests.e2e.person import Person
from tests.e2e.rest_source import RestSource
from tests.mirror import Mirror, walked

PATIENCE_SECONDS = 90
LAST = "renamed at last"


@pytest.fixture
async def source(person: Person) -> AsyncIterator[RestSource]:
    headers = {"Authorization": f"Bearer {person.token}"}
    async with httpx.AsyncClient(base_url=f"{person.url}/api/v1", headers=headers, timeout=60) as http:
        yield RestSource(http)


def stir(person: Person, label: str) -> int:
    """Folders and a file are made, moved, thrown away and brought back; returns the drive's seq."""

    def folder(name: str, parent: str = "root") -> str:
        made = person.request("POST", "/folders", json={"parent_id": parent, "name": name})
        return str(made.json()["id"])

    above, below = folder(f"{label} above"), folder(f"{label} below")
    inner = folder("inner", below)
    person.put("file", b"content", folder_id=inner)
    person.request("PATCH", f"/nodes/{below}", json={"parent_id": above})
    person.request("DELETE", f"/nodes/{above}")
    person.request("POST", f"/trash/{above}/restore", json={})
    person.request("DELETE", f"/nodes/{inner}")
    last = person.request("PATCH", f"/nodes/{below}", json={"name": f"{label} {LAST}"})
    return int(last.headers["stowage-seq"].rpartition(".")[2])


async def follow(mirror: Mirror, source: RestSource, cursor: str, stirring: "asyncio.Task[int]") -> str:
    """By one stream, until the last of what is being done has come; returns its id."""
    async with source.events(cursor) as events, asyncio.timeout(PATIENCE_SECONDS):
        async for page in events:
            await mirror.apply(page)
            cursor = page.next_cursor
            # Its own answer may come after its event; the last one's name says that it is the last.
            if any(
                change.placed and change.placed.name.endswith(LAST) for _, it in page.entries for change in it
            ):
                assert page.entries[-1][0] == await stirring
                return cursor
    raise AssertionError("the stream ended")


@pytest.mark.timeout(300)
async def test_a_mirror_by_events_has_the_tree_whatever_happens_to_redis(
    stack: Stack, person: Person, source: RestSource
) -> None:
    mirror = Mirror(source)
    await mirror.sync()
    cursor = (await source.changes("")).next_cursor
    for label, how in {"before": None, "hung": signal.SIGSTOP, "dead": signal.SIGKILL, "after": None}.items():
        with outage(stack, "redis", how) if how else nullcontext():
            stirring = asyncio.create_task(asyncio.to_thread(stir, person, label))
            cursor = await follow(mirror, source, cursor, stirring)

    assert mirror.tree() == await walked(source)
    assert mirror.began == 1
