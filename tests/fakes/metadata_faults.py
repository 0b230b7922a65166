"""The faults that a store can have, and what may happen while it answers."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field

from chassis.errors import Unavailable


@dataclass(slots=True)
class Faults:
    """What happens to the next calls, in order; None is a call that goes well.

    For writes: "conflict" (not written), "lost" (not written, no answer), "applied" (written, no answer), "late" (no
    answer, and on its way until the store is told to let it land); "dies" (not written, and whoever waits for it waits
    for ever, as if it were dead) and "dies, applied". `death` tells of it.
    For reads: "unavailable". `tokens_forgotten`: the store no longer knows a writing that it wrote before.
    `meanwhile`: by "head", "read" or "write", what happens between the next such deed and its answer.
    `poison`: a name that no writing may hold: the store breaks on it.
    """

    writes: list[str | None] = field(default_factory=list)
    reads: list[str | None] = field(default_factory=list)
    tokens_forgotten: bool = False
    meanwhile: dict[str, Awaitable[object]] = field(default_factory=dict)
    poison: str | None = None
    death: asyncio.Event = field(default_factory=asyncio.Event)

    async def die(self) -> None:
        self.death.set()
        await asyncio.Event().wait()

    def next_write(self) -> str | None:
        return self.writes.pop(0) if self.writes else None

    def check_read(self) -> None:
        if self.reads and self.reads.pop(0) == "unavailable":
            raise Unavailable("The store does not answer.")

    def check_poison(self, names: Iterable[str]) -> None:
        if self.poison in names:
            raise ValueError("The store breaks on this.")

    async def before_answer(self, call: str) -> None:
        await asyncio.sleep(0)
        happening = self.meanwhile.pop(call, None)
        if happening is not None:
            await happening
