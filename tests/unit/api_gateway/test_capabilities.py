"""What the gateway says it can do."""

import asyncio

from api_gateway.app.capabilities import Capabilities


def test_nothing_is_there_until_somebody_says_so() -> None:
    capabilities = Capabilities(["users", "uploads"])
    assert capabilities.available() == {"users": False, "uploads": False}
    capabilities.set("users", None)
    capabilities.set("uploads", "gone")
    assert capabilities.available() == {"users": True, "uploads": False}
    assert capabilities.missing() == {"uploads": "gone"}


async def test_it_has_looked_around_once_everything_was_seen() -> None:
    capabilities, done = Capabilities(["users", "uploads"]), asyncio.Event()
    task = asyncio.create_task(capabilities.settle(60, done.set))
    capabilities.set("users", None)
    await asyncio.sleep(0)
    assert not done.is_set()
    capabilities.set("uploads", None)
    await task
    assert done.is_set()


async def test_it_does_not_wait_for_ever_for_a_part_that_is_broken() -> None:
    capabilities, done = Capabilities(["users"]), asyncio.Event()
    await capabilities.settle(0.001, done.set)
    assert done.is_set()
