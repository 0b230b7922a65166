"""The journal as it is read, in memory and on the real engine."""

from dataclasses import replace
from uuid import uuid4

from file_metadata_service.app.use_case_ports import Ports
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.journal import Change, JournalEntry
from file_metadata_service.domain.nodes import new_file, new_folder
from file_metadata_service.ports.ledger import Writing
from tests.contracts.file_metadata_service.test_store import DRIVE, a_version
from tests.contracts.file_metadata_service.test_store import ports as ports
from tests.fakes.metadata_service import ANN, BEN


def changes_at(seq: int) -> tuple[Change, ...]:
    folder = new_folder(NodeId("f1"), DRIVE.root, "Ä b", at_ms=5, seq=seq)
    file = new_file(NodeId("f2"), folder, "a.txt", a_version(), seq=seq)
    return Change(folder, ANN), Change(file, BEN), Change(file.trashed(at_ms=11, seq=seq), ANN)


def writing(before: Drive, *changes: Change, at_ms: int = 5) -> Writing:
    after = before.advanced()
    return Writing(before=before, after=after, token=uuid4().hex, at_ms=at_ms, changes=changes, items=())


async def written(ports: Ports, entries: int) -> list[JournalEntry]:
    await ports.drives.create(DRIVE)
    expected = []
    for before in range(entries):
        one = writing(replace(DRIVE, seq=before), *changes_at(before + 1), at_ms=100 + before)
        await ports.ledger.write(one)
        expected.append(JournalEntry(before + 1, 100 + before, one.changes))
    return expected


async def test_a_journal_that_nothing_stands_in_is_empty(ports: Ports) -> None:
    assert await ports.journal.page(DRIVE.id, 0, 10) == ()


async def test_entries_come_back_as_they_were_written_and_in_order(ports: Ports) -> None:
    entries = await written(ports, 12)

    assert await ports.journal.page(DRIVE.id, 0, 1000) == tuple(entries)


async def test_a_page_begins_behind_a_seq_and_has_a_limit(ports: Ports) -> None:
    entries = await written(ports, 5)

    assert await ports.journal.page(DRIVE.id, 2, 2) == tuple(entries[2:4])
    assert await ports.journal.page(DRIVE.id, 4, 2) == tuple(entries[4:])
    assert await ports.journal.page(DRIVE.id, 5, 2) == ()


async def test_other_drives_entries_are_not_in_it(ports: Ports) -> None:
    await written(ports, 1)

    assert await ports.journal.page(DriveId("b" * 32), 0, 10) == ()


async def test_pages_that_the_store_cuts_short_are_not_empty_and_lead_on_to_the_end(ports: Ports) -> None:
    """Twelve entries of some 150 KB each: more than the megabyte of a query."""
    await ports.drives.create(DRIVE)
    folder = new_folder(NodeId("f1"), DRIVE.root, "x" * 250, at_ms=5, seq=1)
    many = [Change(folder, ANN)] * 300
    for before in range(12):
        await ports.ledger.write(writing(replace(DRIVE, seq=before), *many))
    seqs = list[int]()
    while page := await ports.journal.page(DRIVE.id, seqs[-1] if seqs else 0, 1000):
        seqs += [entry.seq for entry in page]

    assert seqs == list(range(1, 13))


async def test_the_floor_is_raised_once_in_the_same_journal_and_never_above_the_head(ports: Ports) -> None:
    await written(ports, 3)
    head = await ports.drives.get(DRIVE.id)
    assert head is not None
    raising = ports.journal_upkeep.raise_floor

    assert not await raising(head, 4)
    assert not await raising(replace(head, journal_id="other"), 2)
    assert await raising(replace(head, seq=2), 2)
    assert not await raising(head, 3)
    assert await ports.drives.get(DRIVE.id) == replace(head, journal_floor=2)


async def test_the_oldest_entries_are_removed_a_few_at_a_time(ports: Ports) -> None:
    entries = await written(ports, 60)

    counts = [await ports.journal_upkeep.remove(DRIVE.id, 57, limit) for limit in (2, 30, 30, 30)]

    assert counts == [2, 30, 25, 0]
    assert await ports.journal.page(DRIVE.id, 0, 1000) == tuple(entries[57:])


async def test_nothing_is_removed_where_nothing_stands(ports: Ports) -> None:
    assert await ports.journal_upkeep.remove(DRIVE.id, 0, 10) == 0
    assert await ports.journal_upkeep.remove(DRIVE.id, 7, 10) == 0
