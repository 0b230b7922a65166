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

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, NodeId, Position
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
    """Answers of one kind. However many ask the same at the same head, it is read once."""

    kind: str
    cache: AnswerCache[V]
    watch: ReadWatch
    weigh: Callable[[V], int]
    max_weight: int
    _recent: OrderedDict[tuple[DriveId, str], tuple[Position, V]] = field(default_factory=OrderedDict)
    _weight: int = 0
    _asked: OrderedDict[tuple[DriveId, str], None] = field(default_factory=OrderedDict)
    _flights: dict[tuple[Position, str], asyncio.Task[tuple[V, Drive]]] = field(default_factory=dict)

    async def get(
        self, head: Drive, key: str, read: Callable[[], Awaitable[Read[V]]], *, at_once: bool = True
    ) -> tuple[V, Drive]:
        """The answer, and the head that it is true at: this one, or a newer one. Raises what `read` raises.

        `at_once` False: it is kept only if it is asked for again, so that who walks through a large folder once does
        not push out what others need.
        """
        if not at_once and not self._asked_before((head.id, key)):
            self.watch.looked(self.kind, "store")
            found = await read()
            return found.answer, found.head
        recent = self._recent.get((head.id, key))
        if recent is not None and recent[0] == head.position:
            self._recent.move_to_end((head.id, key))
            self.watch.looked(self.kind, "memory")
            return recent[1], head
        flight = self._flights.get((head.position, key))
        if flight is None:
            flight = self._begin(head, key, read)
        else:
            self.watch.looked(self.kind, "shared")
        # Whoever began it may be gone before the others have their answer.
        return await asyncio.shield(flight)

    def _asked_before(self, place: tuple[DriveId, str]) -> bool:
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
        self._remember(head, key, answer)
        return answer, head

    def _remember(self, head: Drive, key: str, answer: V) -> None:
        place = (head.id, key)
        self._forget(place)
        self._recent[place] = (head.position, answer)
        self._weight += self.weigh(answer)
        while self._weight > self.max_weight:
            self._forget(next(iter(self._recent)))

    def _forget(self, place: tuple[DriveId, str]) -> None:
        old = self._recent.pop(place, None)
        if old is not None:
            self._weight -= self.weigh(old[1])
