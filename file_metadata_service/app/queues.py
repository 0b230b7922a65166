"""Who is next at a drive: senders take turns, people come before background work, and nobody waits for ever.

No I/O and no clock: whoever takes says who is still worth taking.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count, islice
from math import inf
from typing import Any

from file_metadata_service.app.commands import Change, Landed
from file_metadata_service.domain.errors import DriveBusy
from file_metadata_service.ports.committer_watch import Origin

# So many groups of people's commands may go by before background work gets a place in one.
PASSED_OVER_MOST = 4


class Lane(IntEnum):
    """BACKGROUND is for jobs: they go when no person waits, and else by one command in every fifth group."""

    PEOPLE = 1
    BACKGROUND = 2


@dataclass(slots=True, eq=False, kw_only=True)
class Pending:
    """A command that waits for its answer. `sender`: with whom it shares its turns; `deadline`: monotonic
    seconds after which nobody waits for it any more.
    """

    change: Change[Any]
    landed: asyncio.Future[Landed[Any]]
    origin: Origin
    sender: str = ""
    lane: Lane = Lane.PEOPLE
    deadline: float = inf
    arrival: int = 0


Alive = Callable[[Pending], bool]


@dataclass(slots=True)
class FairQueue:
    """One lane. A sender's commands keep their order; senders take turns, one command each."""

    _by_sender: OrderedDict[str, deque[Pending]] = field(default_factory=OrderedDict)
    _size: int = 0

    def __len__(self) -> int:
        return self._size

    def put(self, pending: Pending) -> None:
        self._by_sender.setdefault(pending.sender, deque()).append(pending)
        self._size += 1

    def put_back(self, pending: Pending) -> None:
        """It was taken and found no room: it is the next one."""
        self._by_sender.setdefault(pending.sender, deque()).appendleft(pending)
        self._by_sender.move_to_end(pending.sender, last=False)
        self._size += 1

    def take(self) -> Pending:
        """Raises IndexError if nobody waits."""
        if not self._by_sender:
            raise IndexError
        sender, line = next(iter(self._by_sender.items()))
        pending = line.popleft()
        self._size -= 1
        if line:
            self._by_sender.move_to_end(sender)
        else:
            del self._by_sender[sender]
        return pending

    def only_line(self) -> Iterable[Pending]:
        """Of the one sender who waits; nothing if there are several, who take turns."""
        return next(iter(self._by_sender.values())) if len(self._by_sender) == 1 else ()

    def give_way(self, newcomer: str) -> Pending | None:
        """The last command of the sender with the most, out of the queue; None if the newcomer has as many."""
        sender, line = max(self._by_sender.items(), key=lambda it: len(it[1]))
        if len(line) <= len(self._by_sender.get(newcomer, ())) + 1:
            return None
        self._size -= 1
        return self._by_sender[sender].pop()

    def keep(self, alive: Alive) -> None:
        """Throws out all that nobody waits for any more."""
        kept = {sender: deque(filter(alive, line)) for sender, line in self._by_sender.items()}
        self._by_sender = OrderedDict((sender, line) for sender, line in kept.items() if line)
        self._size = sum(map(len, self._by_sender.values()))


@dataclass(slots=True)
class Queues:
    """Both lanes of one drive; each holds at most `limit` commands."""

    limit: int = 2_000
    _lanes: dict[Lane, FairQueue] = field(default_factory=lambda: {lane: FairQueue() for lane in Lane})
    _arrivals: Iterator[int] = field(default_factory=count)
    _passed_over: int = 0
    _swept: bool = False

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def put(self, pending: Pending, alive: Alive) -> Pending | None:
        """Answers who lost the place that this one took, if there was no other: the last of the sender who has
        the most. Raises DriveBusy if that is its own.
        """
        lane = self._lanes[pending.lane]
        if len(lane) >= self.limit and not self._swept:
            # Once between two groups: a crowd at a full queue must not cost the loop a walk each.
            self._swept = True
            lane.keep(alive)
        displaced = None
        if len(lane) >= self.limit:
            displaced = lane.give_way(pending.sender)
            if displaced is None:
                raise busy()
        pending.arrival = next(self._arrivals)
        lane.put(pending)
        return displaced

    def take(self, most: int, alive: Alive) -> list[Pending]:
        """Up to `most` that are alive, as they arrived; those that are not are thrown out on the way.

        Turns decide who is in a group, not who is first in it.
        """
        people, background = self._lanes[Lane.PEOPLE], self._lanes[Lane.BACKGROUND]
        self._swept = False
        taken = list[Pending]()
        self._passed_over += bool(background)
        if people and self._passed_over > PASSED_OVER_MOST:
            self._passed_over = 0
            # First, because it may be so big that it finds no room behind others.
            taken = _fill(background, 1, alive)
        taken += _fill(people, most - len(taken), alive)
        if not taken:
            self._passed_over = 0
            taken = _fill(background, most, alive)
        return taken

    def coming(self, most: int) -> list[Change[Any]]:
        """What `take` would give now, as far as that can be told: it stays where it is."""
        lane = self._lanes[Lane.PEOPLE] or self._lanes[Lane.BACKGROUND]
        return [pending.change for pending in islice(lane.only_line(), most)]

    def put_back(self, untaken: Iterable[Pending]) -> None:
        """In the order in which they were taken."""
        for pending in reversed(list(untaken)):
            self._lanes[pending.lane].put_back(pending)


def _fill(lane: FairQueue, most: int, alive: Alive) -> list[Pending]:
    taken = list[Pending]()
    while lane and len(taken) < most:
        pending = lane.take()
        if alive(pending):
            taken.append(pending)
    return sorted(taken, key=lambda it: it.arrival)


def busy() -> DriveBusy:
    return DriveBusy("Too many changes are waiting for this drive.", retry_after_seconds=1)
