"""Links that are to replace others: connecting, and not yet used."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from chassis.rpc.link import Link

Address = tuple[str, int]


class Successors:
    """At most one for each address. `succeed` is called with a link as soon as it is connected."""

    def __init__(self, succeed: Callable[[Address, Link], None]) -> None:
        self._succeed = succeed
        self._waiting: dict[Address, asyncio.Task[None]] = {}
        self._dropped: set[asyncio.Task[None]] = set()

    def add(self, address: Address, link: Link) -> None:
        """Wait for it to connect, for as long as that takes; one that waited there already is dropped."""
        self.drop(address)
        task = asyncio.get_running_loop().create_task(self._wait(address, link))
        self._waiting[address] = task

    def drop(self, address: Address) -> None:
        """Nobody is to be followed there any more."""
        if task := self._waiting.pop(address, None):
            self._dropped.add(task)
            task.add_done_callback(self._dropped.discard)
            task.cancel()

    async def close(self) -> None:
        """Drop all, and wait until they are closed."""
        for address in list(self._waiting):
            self.drop(address)
        await asyncio.gather(*self._dropped, return_exceptions=True)

    async def _wait(self, address: Address, link: Link) -> None:
        try:
            await link.connected()
        except asyncio.CancelledError:
            with suppress(asyncio.CancelledError):
                await link.close(0)
            raise
        del self._waiting[address]
        self._succeed(address, link)
