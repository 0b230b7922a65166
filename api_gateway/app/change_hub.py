"""Everybody who waits for changes at this gateway: one feed for each drive."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from api_gateway.app.change_feed import DriveFeed, FeedLimits, Place, Seat
from api_gateway.domain.changes import ChangePage, JournalEntry
from api_gateway.domain.errors import TooManyListeners
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from api_gateway.ports.changes import Changes
from api_gateway.ports.wake_ups import WakeUps
from chassis.errors import Unavailable


@dataclass(slots=True, eq=False)
class Listener:
    """One who follows a drive from a cursor on."""

    changes: Changes
    caller: Caller
    feed: DriveFeed
    limits: FeedLimits
    place: Place
    is_over: bool = False
    _seat: Seat | None = None
    _is_behind: bool = False

    async def read(self, limit: int) -> At[ChangePage]:
        """What stands behind the cursor already. Raises what `Changes.page` does."""
        at = await self.changes.page(self.caller, cursor=self.place.cursor, limit=limit)
        self.place.move(at)
        self._is_behind = at.answer.more
        if not at.answer.more:
            seat = Seat(self.caller, self.limits.buffered)
            self._seat = seat if self.feed.join(seat, self.place) else None
        return at

    async def next(self, patience_seconds: float, limit: int) -> tuple[JournalEntry, ...]:
        """The next entries, at most `limit`, as soon as there are any; none if there are none in time, or if this
        is over. Raises what `Changes.page` does."""
        try:
            async with asyncio.timeout(patience_seconds):
                while not self.is_over:
                    if entries := await self._some(limit):
                        return entries
        except TimeoutError:
            pass
        return ()

    async def _some(self, limit: int) -> tuple[JournalEntry, ...]:
        seat = self._seat
        if seat is None or seat.is_out:
            self._seat = None
            return (await self.read(limit)).answer.items
        await seat.news.wait()
        entries: list[JournalEntry] = []
        while seat.waiting and len(entries) < limit:
            entry = seat.waiting.popleft()
            # This one may have been ahead of the feed when it joined.
            if entry.seq > self.place.seq:
                entries.append(entry)
                self.place.cursor, self.place.seq = entry.cursor, entry.seq
        if not (seat.waiting or seat.is_out):
            seat.news.clear()
        return tuple(entries)

    @property
    def has_more(self) -> bool:
        """Whether something is known to stand behind its place already."""
        if self._seat is None:
            return self._is_behind
        return bool(self._seat.waiting) or self._seat.is_out

    def end(self) -> None:
        """Whoever waits in `next` returns at once."""
        self.is_over = True
        if self._seat is not None:
            self._seat.news.set()

    def leave(self) -> None:
        if self._seat is not None:
            self.feed.leave(self._seat)


@dataclass(slots=True)
class ChangeHub:
    """`of_one_account`: as many may listen for one account at once. `told`: see DriveFeed."""

    changes: Changes
    wake_ups: WakeUps
    limits: FeedLimits = field(default_factory=FeedLimits)
    of_one_account: int = 32
    told: Callable[[datetime], None] = lambda _: None
    _listeners: dict[Listener, None] = field(default_factory=dict)
    _feeds: dict[str, DriveFeed] = field(default_factory=dict)
    _of_drive: Counter[str] = field(default_factory=Counter)
    _is_closed: bool = False

    @property
    def listeners(self) -> int:
        """How many wait or follow now."""
        return len(self._listeners)

    @property
    def drives(self) -> int:
        """How many drives they follow: as many readers there are."""
        return len(self._feeds)

    @contextmanager
    def listening(self, caller: Caller, cursor: str) -> Iterator[Listener]:
        """A listener while the block runs. Raises TooManyListeners, Unavailable when this gateway goes down."""
        if self._is_closed:
            raise Unavailable(
                "This server goes down. Another one has all that you missed.", retry_after_seconds=1
            )
        drive_id = caller.account_id
        if self._of_drive[drive_id] >= self.of_one_account:
            raise TooManyListeners("Too many wait for changes of this account.", retry_after_seconds=5)
        listener = Listener(self.changes, caller, self._feed(drive_id), self.limits, Place(cursor))
        self._listeners[listener] = None
        self._of_drive[drive_id] += 1
        try:
            yield listener
        finally:
            listener.leave()
            del self._listeners[listener]
            self._of_drive[drive_id] -= 1
            if not self._of_drive[drive_id]:
                self._forget(drive_id)

    def close(self) -> None:
        """Everybody is told to go, and nobody new let in."""
        self._is_closed = True
        for listener in list(self._listeners):
            listener.end()

    def _feed(self, drive_id: str) -> DriveFeed:
        feed = self._feeds.get(drive_id)
        if feed is None:
            feed = self._feeds[drive_id] = DriveFeed(self.changes, self.wake_ups, self.limits, self.told)
            self.wake_ups.watch(drive_id, feed.wake)
        return feed

    def _forget(self, drive_id: str) -> None:
        del self._of_drive[drive_id]
        self.wake_ups.unwatch(drive_id)
        self._feeds.pop(drive_id).stop()
