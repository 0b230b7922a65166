"""One reader of one drive's journal, however many listen.

A listener reads by itself until it has caught up, then it joins the feed; one that is slower than its drive falls out
of the feed and catches up by itself again. So nobody misses or doubles anything, and memory stays bounded.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime

from api_gateway.domain.changes import ChangePage, JournalEntry
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.ports.changes import Changes
from api_gateway.ports.wake_ups import WakeUps
from chassis.errors import DomainError, Kind, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLimits:
    """`buffered`: entries that wait for one listener; `page`: entries that are read at once.

    Without a wake-up a feed looks for itself: every `heard_seconds`, because one may get lost, every `unheard_seconds`
    while none can come; give or take a quarter.
    """

    buffered: int = 256
    page: int = 200
    heard_seconds: float = 10.0
    unheard_seconds: float = 2.0


@dataclass(slots=True, eq=False)
class Place:
    """Where somebody stands in a drive's journal. `history`: `<drive id>.<journal id>`."""

    cursor: str
    history: str = ""
    seq: int = -1

    def move(self, at: At[ChangePage]) -> None:
        """Behind that page."""
        page = at.answer
        self.history, _, head = at.position.rpartition(".")
        self.seq = page.items[-1].seq if page.items else int(head)
        self.cursor = page.next_cursor


@dataclass(slots=True, eq=False)
class Seat:
    """A listener's, in a feed. `overflowed`: more came than it holds; it is out of the feed then."""

    caller: Caller
    limit: int
    # The reader speaks for one of those who listen, with that one's token.
    context: Context = field(default_factory=copy_context)
    waiting: deque[JournalEntry] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_out: bool = False

    def put(self, entry: JournalEntry) -> None:
        if len(self.waiting) >= self.limit:
            self.leave()
        else:
            self.waiting.append(entry)
            self.news.set()

    def leave(self) -> None:
        """What waits is forgotten; its listener reads it by itself."""
        self.is_out = True
        self.waiting.clear()
        self.news.set()


class DriveFeed:
    """Reads on from `place` while anybody sits in it. `told`: called for each entry with when it happened."""

    def __init__(
        self, changes: Changes, wake_ups: WakeUps, limits: FeedLimits, told: Callable[[datetime], None]
    ) -> None:
        self._changes = changes
        self._wake_ups = wake_ups
        self._limits = limits
        self._told = told
        self._place = Place("")
        self._seats: list[Seat] = []
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, seat: Seat, place: Place) -> bool:
        """False for somebody who stands behind this feed: read on first. Who is ahead makes it look."""
        if not self._seats:
            self._place = Place(place.cursor, place.history, place.seq)
        if place.history != self._place.history:
            self._dismiss()
            self._place = Place(place.cursor, place.history, place.seq)
        if place.seq < self._place.seq:
            return False
        self._seats.append(seat)
        self._woken.set()
        if self._task is None or self._task.done():
            # A context of its own: it belongs to no single request.
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())
        return True

    def wake(self, place: str) -> None:
        """`place`: `<journal id>.<seq>`, "" for not known."""
        history, _, seq = f"{self._place.history.partition('.')[0]}.{place}".rpartition(".")
        if history == self._place.history and seq.isdecimal() and int(seq) <= self._place.seq:
            return
        self._woken.set()

    def leave(self, seat: Seat) -> None:
        seat.is_out = True
        if seat in self._seats:
            self._seats.remove(seat)

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while True:
                self._woken.clear()
                with suppress(Unavailable):  # looked for again before long
                    await self._read()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._patience()):
                        await self._woken.wait()
        finally:
            self._dismiss()

    def _patience(self) -> float:
        drive_id = self._place.history.partition(".")[0]
        heard = self._wake_ups.are_heard(drive_id)
        seconds = self._limits.heard_seconds if heard else self._limits.unheard_seconds
        return seconds * random.uniform(0.75, 1.25)  # noqa: S311  # to keep feeds apart, not to keep a secret

    async def _read(self) -> None:
        """All there is. Raises Unavailable."""
        more = True
        while more and self._seats:
            seat, place = self._seats[0], self._place
            reading = self._changes.page(seat.caller, cursor=place.cursor, limit=self._limits.page)
            try:
                at = await asyncio.get_running_loop().create_task(reading, context=seat.context)
            except Unavailable:
                raise
            except DomainError as refusal:
                self._refused(seat, refusal)
                continue
            # Who asked may have left meanwhile, and who came begun at another place.
            if self._place is place:
                more = at.answer.more
                self._hand_out(at)

    def _refused(self, seat: Seat, refusal: DomainError) -> None:
        """Only this one's token, or the place that all of them share: each finds out by itself what it means."""
        if refusal.kind is Kind.UNAUTHENTICATED:
            self.leave(seat)
            seat.leave()
        else:
            self._dismiss()

    def _hand_out(self, at: At[ChangePage]) -> None:
        self._place.move(at)
        for entry in at.answer.items:
            self._told(entry.at)
            for seat in self._seats:
                seat.put(entry)
        self._seats = [seat for seat in self._seats if not seat.is_out]

    def _dismiss(self) -> None:
        for seat in self._seats:
            seat.leave()
        self._seats = []
