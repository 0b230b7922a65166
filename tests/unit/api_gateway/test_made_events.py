"""Events that many listen to are made once, and few are kept."""

from datetime import UTC, datetime

from api_gateway.adapters.http.event_stream import MadeEvents
from api_gateway.domain.changes import JournalEntry


def entry(seq: int) -> JournalEntry:
    return JournalEntry(seq=seq, at=datetime(2026, 5, 4, tzinfo=UTC), changes=(), cursor=f"c{seq}")


def test_an_entry_is_made_once() -> None:
    events, one = MadeEvents(), entry(1)
    assert events.of(one) is events.of(one)


def test_what_is_kept_is_bounded_by_bytes() -> None:
    size = len(MadeEvents().of(entry(1)))
    events, entries = MadeEvents(most_bytes=2 * size), [entry(seq) for seq in range(1, 6)]
    made = [events.of(it) for it in entries]
    assert events.size_bytes == 2 * size
    assert events.of(entries[4]) is made[4]
    assert events.of(entries[0]) == made[0]
    assert events.of(entries[0]) is not made[0]
