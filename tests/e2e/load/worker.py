"""Somebody who works in a folder, and remembers what must be there; every read is held against that."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.e2e.load.client import Client, Unserved

SHELVES = 3
_THINK_SECONDS = 0.05
_SIGN_INS = 5  # more would be throttled


@dataclass(slots=True)
class Thing:
    """content: None for a folder."""

    name: str
    shelf: str
    content: bytes | None


class Worker:
    """Puts things on shelves, moves them, loses them, finds them again. Nobody else touches these shelves."""

    def __init__(self, client: Client, name: str, rng: random.Random) -> None:
        self.client = client
        self.name = name
        self._rng = rng
        self._made = 0
        self._sign_ins = 0
        self.shelves: list[str] = []
        self.things: dict[str, Thing] = {}
        self.trashed: dict[str, Thing] = {}

    async def move_in(self) -> None:
        """Makes the shelves."""
        top = await self._new_folder("root", self.name)
        for number in range(SHELVES):
            self.shelves.append(await self._new_folder(top, f"shelf {number}"))

    async def work(self, until: asyncio.Event) -> None:
        """One thing after the other; a safe call that failed is in the tally, and no reason to stop."""
        steps = self._steps()
        while not until.is_set():
            (step,) = self._rng.choices([step for step, _ in steps], [weight for _, weight in steps])
            try:
                await step()
            except Unserved:
                await asyncio.sleep(_THINK_SECONDS)
            await asyncio.sleep(self._rng.uniform(0, 2 * _THINK_SECONDS))

    def _steps(self) -> list[tuple[Callable[[], Awaitable[None]], float]]:
        return [
            (self.look_at_a_shelf, 5),
            (self.look_at_a_thing, 5),
            (self.fetch, 3),
            (self.make_a_folder, 2),
            (self.put_a_file, 2),
            (self.move, 3),
            (self.throw_away, 1),
            (self.take_back, 1),
            (self.client.refresh, 0.4),
            (self._sign_in_again, 0.2),
        ]

    async def look_at_a_shelf(self) -> None:
        shelf = self._rng.choice(self.shelves)
        seen = {entry["id"]: entry["name"] for entry in await self.client.entries(shelf)}
        assert seen == {node_id: thing.name for node_id, thing in self.things.items() if thing.shelf == shelf}

    async def look_at_a_thing(self) -> None:
        if self.things:
            node_id, thing = self._any(self.things)
            node = await self.client.get(f"/nodes/{node_id}", "node")
            assert (node["name"], node["parent_id"]) == (thing.name, thing.shelf)

    async def fetch(self) -> None:
        if files := {node_id: thing for node_id, thing in self.things.items() if thing.content is not None}:
            node_id, thing = self._any(files)
            assert await self.client.download(node_id) == thing.content

    async def make_a_folder(self) -> None:
        thing = Thing(self._new_name(), self._rng.choice(self.shelves), None)
        self.things[await self._new_folder(thing.shelf, thing.name)] = thing

    async def put_a_file(self) -> None:
        content = self._rng.randbytes(self._rng.randint(1, 20_000))
        thing = Thing(self._new_name(), self._rng.choice(self.shelves), content)
        self.things[await self.client.upload(thing.shelf, thing.name, content)] = thing

    async def move(self) -> None:
        if self.things:
            node_id, thing = self._any(self.things)
            thing.shelf, thing.name = self._rng.choice(self.shelves), self._new_name()
            body = {"parent_id": thing.shelf, "name": thing.name}
            await self.client.do("PATCH", f"/nodes/{node_id}", "move", body)

    async def throw_away(self) -> None:
        if self.things:
            node_id, _ = self._any(self.things)
            await self.client.do("DELETE", f"/nodes/{node_id}", "trash")
            self.trashed[node_id] = self.things.pop(node_id)

    async def take_back(self) -> None:
        if self.trashed:
            node_id, _ = self._any(self.trashed)
            await self.client.do("POST", f"/trash/{node_id}/restore", "restore", {})
            self.things[node_id] = self.trashed.pop(node_id)

    async def check(self) -> None:
        """What there is, to the last byte, is what this worker did."""
        for shelf in self.shelves:
            seen = {entry["id"]: (entry["name"], entry["kind"]) for entry in await self.client.entries(shelf)}
            assert seen == {
                node_id: (thing.name, "folder" if thing.content is None else "file")
                for node_id, thing in self.things.items()
                if thing.shelf == shelf
            }
        for node_id, thing in self.things.items():
            assert thing.content is None or await self.client.download(node_id) == thing.content

    async def _sign_in_again(self) -> None:
        if self._sign_ins < _SIGN_INS:
            self._sign_ins += 1
            await self.client.sign_in()

    async def _new_folder(self, parent_id: str, name: str) -> str:
        made = await self.client.do("POST", "/folders", "new folder", {"parent_id": parent_id, "name": name})
        return str(made["id"])

    def _new_name(self) -> str:
        self._made += 1
        return f"{self.name} {self._made}"

    def _any(self, things: dict[str, Thing]) -> tuple[str, Thing]:
        return self._rng.choice(list(things.items()))
