"""Who follows a drive at a gateway: each gets everything once, from one reader."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from api_gateway.app.change_feed import FeedLimits
from api_gateway.app.change_hub import ChangeHub, Listener
from api_gateway.domain.changes import ChangePage, JournalEntry
from api_gateway.domain.errors import TooManyListeners
from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At
from chassis.errors import DomainError, Kind, RemoteError, Unavailable
from tests.fakes.gateway_changes import InMemoryWakeUps
from tests.fakes.gateway_people import NOW

ADA, BOB = Caller("a" * 32, "s1"), Caller("b" * 32, "s2")
LONG, SHORT = 30.0, 0.01


class Journal:
    """Implements Changes for one drive. `refusals`: what the next reads are answered with, by who asks."""

    def __init__(self) -> None:
        self.history, self.head, self.reads = "j1", 0, 0
        self.refusals: dict[str, list[DomainError]] = {}
        self.wake_ups = InMemoryWakeUps()
        self.slow = asyncio.Event()
        self.slow.set()
        # By who asks: the answer is known already, and arrives when this is set.
        self.on_its_way: dict[str, asyncio.Event] = {}

    def write(self, count: int = 1) -> None:
        for _ in range(count):
            self.head += 1
            self.wake_ups.wake(ADA.account_id, f"{self.history}.{self.head}")

    async def page(self, caller: Caller, *, cursor: str, limit: int) -> At[ChangePage]:
        self.reads += 1
        await asyncio.sleep(0)
        await self.slow.wait()
        if self.refusals.get(caller.session_id):
            raise self.refusals[caller.session_id].pop(0)
        history, _, seq = cursor.rpartition(".")
        if cursor and history != self.history:
            raise RemoteError(Kind.CONFLICT, "cursor_reset", "List it anew.")
        last = int(seq) if cursor else self.head
        entries = tuple(self._entry(at) for at in range(last + 1, self.head + 1)[:limit])
        end = entries[-1].seq if entries else last
        head = self.head
        if caller.session_id in self.on_its_way:
            await self.on_its_way[caller.session_id].wait()
        position = f"{caller.account_id}.{self.history}.{head if entries else last}"
        return At(ChangePage(entries, f"{self.history}.{end}", more=end < head), position)

    def _entry(self, seq: int) -> JournalEntry:
        return JournalEntry(seq, NOW, (), f"{self.history}.{seq}")


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
async def hub(journal: Journal) -> AsyncIterator[ChangeHub]:
    hub = ChangeHub(journal, journal.wake_ups, FeedLimits(buffered=8, page=4), of_one_account=3)
    yield hub
    assert (hub.listeners, hub.drives, journal.wake_ups.wakes) == (0, 0, {})


@contextmanager
def listening(hub: ChangeHub, cursor: str = "", caller: Caller = ADA) -> Iterator[Listener]:
    with hub.listening(caller, cursor) as listener:
        yield listener


async def heard(listener: Listener, count: int) -> list[int]:
    seqs = list[int]()
    while len(seqs) < count:
        entries = await listener.next(LONG, 3)
        assert 0 < len(entries) <= 3
        seqs += [entry.seq for entry in entries]
    return seqs


async def test_everybody_gets_everything_once_in_order_from_one_reader(
    hub: ChangeHub, journal: Journal
) -> None:
    with listening(hub) as one, listening(hub) as two, listening(hub) as three:
        for listener in (one, two, three):
            await listener.read(limit=4)
        joined = journal.reads
        journal.write(6)
        assert [await heard(listener, 6) for listener in (one, two, three)] == [[1, 2, 3, 4, 5, 6]] * 3
        read_by_feed = journal.reads - joined
    assert read_by_feed <= 3  # one look at the beginning, two pages


async def test_who_comes_with_an_old_cursor_catches_up_and_goes_on_without_a_gap(
    hub: ChangeHub, journal: Journal
) -> None:
    journal.write(10)
    with listening(hub, "j1.0") as late, listening(hub) as early:
        await early.read(limit=4)
        journal.write(2)
        seqs = await heard(late, 6)
        journal.write(3)
        assert seqs + await heard(late, 9) == list(range(1, 16))
        assert await heard(early, 5) == [11, 12, 13, 14, 15]


@pytest.mark.parametrize("behind", range(4))
async def test_whatever_happens_between_reading_and_joining_is_told_once(
    hub: ChangeHub, journal: Journal, behind: int
) -> None:
    with listening(hub) as first:
        await first.read(limit=4)
        journal.slow.clear()
        with listening(hub) as second:
            reading = asyncio.create_task(second.read(limit=4))
            for _ in range(behind):
                await asyncio.sleep(0)
            journal.write(3)
            journal.slow.set()
            at = await reading
            assert await heard(first, 3) == [1, 2, 3]
            start = int(at.answer.next_cursor.rpartition(".")[2])
            journal.write()
            assert await heard(second, 4 - start) == list(range(start + 1, 5))


async def test_what_the_feed_has_told_while_a_first_answer_was_on_its_way_is_not_missed(
    hub: ChangeHub, journal: Journal
) -> None:
    other = Caller(ADA.account_id, "s3")
    arrives = journal.on_its_way["s3"] = asyncio.Event()
    with listening(hub) as first, listening(hub, caller=other) as second:
        await first.read(limit=4)
        reading = asyncio.create_task(second.read(limit=4))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        journal.write(2)
        assert await heard(first, 2) == [1, 2]
        arrives.set()
        assert (await reading).answer.next_cursor == "j1.0"
        assert await heard(second, 2) == [1, 2]


async def test_what_the_feed_was_told_for_one_who_left_does_not_put_it_ahead_of_one_who_came(
    hub: ChangeHub, journal: Journal
) -> None:
    other = Caller(ADA.account_id, "s3")
    arrives = journal.on_its_way["s3"] = asyncio.Event()
    with listening(hub, caller=other) as second:
        with listening(hub) as first:
            await first.read(limit=4)
            reading = asyncio.create_task(second.read(limit=4))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            journal.write(2)
            assert await heard(first, 2) == [1, 2]
            told = journal.on_its_way[ADA.session_id] = asyncio.Event()
            before = journal.reads
            journal.write()
            while journal.reads == before:  # noqa: ASYNC110  # until the feed asks
                await asyncio.sleep(0)
            await asyncio.sleep(0)
        arrives.set()
        assert (await reading).answer.next_cursor == "j1.0"
        told.set()
        assert await heard(second, 3) == [1, 2, 3]


async def test_who_reads_by_itself_knows_whether_there_is_more(hub: ChangeHub, journal: Journal) -> None:
    journal.write(3)
    with listening(hub, "j1.0") as listener:
        assert [entry.seq for entry in await listener.next(LONG, 2)] == [1, 2]
        assert listener.has_more
        assert [entry.seq for entry in await listener.next(LONG, 2)] == [3]
        assert not listener.has_more


async def test_who_is_slower_than_the_drive_holds_little_and_misses_nothing(
    hub: ChangeHub, journal: Journal
) -> None:
    with listening(hub) as slow, listening(hub) as quick:
        await slow.read(limit=4)
        await quick.read(limit=4)
        seqs = list[int]()
        for _ in range(10):
            journal.write(5)
            seqs += await heard(quick, 5)
        assert seqs == list(range(1, 51))
        assert await heard(slow, 50) == seqs


async def test_without_wake_ups_it_looks_by_itself(journal: Journal) -> None:
    journal.wake_ups.is_cut = True
    hub = ChangeHub(journal, journal.wake_ups, FeedLimits(heard_seconds=3600, unheard_seconds=0.01))
    with listening(hub) as listener:
        await listener.read(limit=4)
        journal.write(2)
        assert await heard(listener, 2) == [1, 2]


async def test_a_wake_up_for_what_is_known_already_costs_no_read(hub: ChangeHub, journal: Journal) -> None:
    with listening(hub) as listener:
        await listener.read(limit=4)
        journal.write()
        await heard(listener, 1)
        before = journal.reads
        journal.wake_ups.wake(ADA.account_id, "j1.1")
        assert await listener.next(SHORT, 3) == ()
        assert journal.reads == before


async def test_nothing_in_time_is_nothing(hub: ChangeHub) -> None:
    with listening(hub) as listener:
        await listener.read(limit=4)
        assert await listener.next(SHORT, 3) == ()


async def test_a_refusal_is_told_before_anything_is_waited_for(hub: ChangeHub) -> None:
    with listening(hub, "j0.7") as listener, pytest.raises(RemoteError, match="anew"):
        await listener.read(limit=4)


async def test_a_reset_reaches_all_who_followed(hub: ChangeHub, journal: Journal) -> None:
    with listening(hub) as one, listening(hub) as two:
        await one.read(limit=4)
        await two.read(limit=4)
        journal.history = "j2"
        journal.write()
        for listener in (one, two):
            with pytest.raises(RemoteError) as refusal:
                await listener.next(LONG, 3)
            assert refusal.value.code == "cursor_reset"


async def test_one_whose_token_is_over_leaves_and_another_reads_on(hub: ChangeHub, journal: Journal) -> None:
    other = Caller(ADA.account_id, "s3")
    with listening(hub) as over, listening(hub, caller=other) as lives:
        await over.read(limit=4)
        await lives.read(limit=4)
        await asyncio.sleep(0)
        refusal = RemoteError(Kind.UNAUTHENTICATED, "unauthenticated", "Expired.")
        journal.refusals["s1"] = [refusal] * 3
        journal.write()
        assert await heard(lives, 1) == [1]
        with pytest.raises(RemoteError, match="Expired"):
            await over.next(LONG, 3)


async def test_a_metadata_that_is_away_is_asked_again(journal: Journal) -> None:
    hub = ChangeHub(journal, journal.wake_ups, FeedLimits(heard_seconds=0.01))
    with listening(hub) as listener:
        await listener.read(limit=4)
        journal.refusals["s1"] = [Unavailable("Away.")] * 2
        journal.write()
        assert await heard(listener, 1) == [1]


async def test_an_account_may_listen_in_so_many_places_and_others_are_not_in_its_way(hub: ChangeHub) -> None:
    with listening(hub), listening(hub), listening(hub):
        with pytest.raises(TooManyListeners), listening(hub):
            pass
        with listening(hub, caller=BOB):
            assert (hub.listeners, hub.drives) == (4, 2)
    with listening(hub):
        assert hub.listeners == 1


async def test_when_the_gateway_goes_everybody_is_told_at_once_and_nobody_new_let_in(hub: ChangeHub) -> None:
    with listening(hub) as listener:
        await listener.read(limit=4)
        waiting = asyncio.create_task(listener.next(LONG, 3))
        await asyncio.sleep(0)
        hub.close()
        assert await waiting == ()
        assert listener.is_over
    with pytest.raises(Unavailable), listening(hub):
        pass


async def test_one_who_goes_in_the_middle_of_reading_disturbs_nobody(
    hub: ChangeHub, journal: Journal
) -> None:
    with listening(hub) as stays:
        with listening(hub) as goes:
            await goes.read(limit=4)
            await stays.read(limit=4)
            await asyncio.sleep(0)
            journal.slow.clear()
            journal.write()
            await asyncio.sleep(0)
        journal.slow.set()
        assert await heard(stays, 1) == [1]
