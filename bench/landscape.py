"""The drive that the scenarios share: folders of every size, filled once."""

import asyncio
import time
from dataclasses import dataclass, field

from bench.arena import Arena, Person
from bench.engine import Engine
from bench.filling import fill
from file_metadata_service.domain.ids import DriveId

SMALL, MANY, HUGE = 200, 10_000, 100_000


@dataclass(slots=True)
class Landscape:
    """`huge` holds names only (filling.py); the others whole files. All lie in the root of one drive."""

    arena: Arena
    engine: Engine
    person: Person | None = None
    folders: dict[str, str] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def owner(self) -> Person:
        """Signed in just now. The first who asks waits for the filling."""
        async with self._lock:
            if self.person is None:
                await self._fill()
        assert self.person is not None
        await self.person.sign_in()
        return self.person

    async def _fill(self) -> None:
        person = await self.arena.person()
        sizes = {"empty": 0, "small": SMALL, "many": MANY, "huge": HUGE}
        started = time.perf_counter()
        for name, size in sizes.items():
            self.folders[name] = await person.folder(name)
            count = size if size <= SMALL else self.arena.size(size)
            await fill(self.engine, DriveId(person.id), self.folders[name], count, names_only=name == "huge")
        self.person = person
        print(f"  filled a drive in {time.perf_counter() - started:.0f} s", flush=True)
