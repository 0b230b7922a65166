"""Answers in memory, each with the one head that it is true at."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from file_metadata_service.domain.ids import DriveId, Position

V = TypeVar("V")
# A drive, and what was asked of it.
Place = tuple[DriveId, str]


@dataclass(slots=True)
class AnswerMemory(Generic[V]):
    """Those used last. Together they weigh no more than `max_weight`."""

    weigh: Callable[[V], int]
    max_weight: int
    _held: OrderedDict[Place, tuple[Position, V]] = field(default_factory=OrderedDict)
    _weight: int = 0

    def get(self, place: Place, position: Position) -> V | None:
        """None if it is not known, or of another head."""
        held = self._held.get(place)
        if held is None or held[0] != position:
            return None
        self._held.move_to_end(place)
        return held[1]

    def take(self, place: Place, position: Position) -> V | None:
        """As `get`, and forgets it either way."""
        held = self.get(place, position)
        self._forget(place)
        return held

    def put(self, place: Place, position: Position, answer: V) -> None:
        self._forget(place)
        self._held[place] = (position, answer)
        self._weight += self.weigh(answer)
        while self._weight > self.max_weight:
            self._forget(next(iter(self._held)))

    def _forget(self, place: Place) -> None:
        old = self._held.pop(place, None)
        if old is not None:
            self._weight -= self.weigh(old[1])
