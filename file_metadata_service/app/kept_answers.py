"""Answers to reads, kept for as long as they are proven true at the head that was just read.

In memory: while the head stands where they were read. In the cache that instances share: while nothing that they are
about was touched since. So no answer is older than a write that was answered before the question, whatever becomes of
the cache.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from file_metadata_service.app.answer_memory import AnswerMemory, Place
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import NodeId, Position
from file_metadata_service.ports.answer_cache import AnswerCache, ReadWatch

V = TypeVar("V")
# Of which it is remembered that they were asked for once.
MOST_ASKED = 10_000


@dataclass(frozen=True, slots=True)
class Read(Generic[V]):
    """An answer from the store, and the head that it was read at. `about`: see AnswerCache.keep."""

    answer: V
    head: Drive
    about: NodeId | None


@dataclass(slots=True, kw_only=True)
class KeptAnswers(Generic[V]):
    """Answers of one kind. However many ask the same at the same head, it is read once.

    `max_passing_weight`: of answers that were asked for once and may never be again; a memory of their own, so that
    they push out nothing but each other.
    """

    kind: str
    cache: AnswerCache[V]
    watch: ReadWatch
    weigh: Callable[[V], int]
    max_weight: int
    max_passing_weight: int = 0
    _recent: AnswerMemory[V] = field(init=False)
    _passing: AnswerMemory[Read[V]] = field(init=False)
    _asked: OrderedDict[Place, None] = field(default_factory=OrderedDict)
    _flights: dict[tuple[Position, str], asyncio.Task[tuple[V, Drive]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._recent = AnswerMemory(self.weigh, self.max_weight)
        self._passing = AnswerMemory(lambda read: self.weigh(read.answer), self.max_passing_weight)

    async def get(
        self, head: Drive, key: str, read: Callable[[], Awaitable[Read[V]]], *, at_once: bool = True
    ) -> tuple[V, Drive]:
        """The answer, and the head that it is true at: this one, or a newer one. Raises what `read` raises.

        `at_once` False: until it is asked for again it only passes through, so that who walks through a large folder
        once does not push out what others need.
        """
        place = (head.id, key)
        if not at_once and not self._asked_before(place):
            self.watch.looked(self.kind, "store")
            found = await read()
            self._passing.put(place, found.head.position, found)
            return found.answer, found.head
        recent = self._recent.get(place, head.position)
        if recent is None:
            recent = self._stay(place, head.position)
        if recent is not None:
            self.watch.looked(self.kind, "memory")
            return recent, head
        flight = self._flights.get((head.position, key))
        if flight is None:
            flight = self._begin(head, key, read)
        else:
            self.watch.looked(self.kind, "shared")
        # Whoever began it may be gone before the others have their answer.
        return await asyncio.shield(flight)

    def _stay(self, place: Place, position: Position) -> V | None:
        """What only passed through before is kept from now on, as anything that is asked for again."""
        passing = self._passing.take(place, position)
        if passing is None:
            return None
        self.cache.keep(passing.head, place[1], passing.about, passing.answer)
        self._recent.put(place, position, passing.answer)
        return passing.answer

    def _asked_before(self, place: Place) -> bool:
        asked = place in self._asked
        self._asked[place] = None
        self._asked.move_to_end(place)
        if len(self._asked) > MOST_ASKED:
            self._asked.popitem(last=False)
        return asked

    def _begin(
        self, head: Drive, key: str, read: Callable[[], Awaitable[Read[V]]]
    ) -> asyncio.Task[tuple[V, Drive]]:
        flight = asyncio.get_running_loop().create_task(self._fetch(head, key, read))
        self._flights[head.position, key] = flight

        def land(done: asyncio.Task[tuple[V, Drive]]) -> None:
            del self._flights[head.position, key]
            if not done.cancelled():
                done.exception()  # seen, also if all who asked are gone

        flight.add_done_callback(land)
        return flight

    async def _fetch(self, head: Drive, key: str, read: Callable[[], Awaitable[Read[V]]]) -> tuple[V, Drive]:
        answer = await self.cache.get(head, key)
        if answer is not None:
            self.watch.looked(self.kind, "cache")
        else:
            self.watch.looked(self.kind, "store")
            found = await read()
            answer, head = found.answer, found.head
            self.cache.keep(head, key, found.about, answer)
        self._recent.put((head.id, key), head.position, answer)
        return answer, head
