"""The files of the search index: kept, bounded, and no loss when they are lost."""

import asyncio
from pathlib import Path

import pytest

from chassis.errors import Unavailable
from file_metadata_service.adapters.sqlite import drive_index, finding
from file_metadata_service.adapters.sqlite.finding import Finding
from file_metadata_service.adapters.sqlite.search_index import THREADS, SqliteSearchIndex
from file_metadata_service.domain.ids import DriveId, NodeId
from file_metadata_service.domain.nodes import Folder
from file_metadata_service.domain.search import Filters, Question, query_of
from file_metadata_service.ports.search_index import Mark

ANN, BEN = DriveId("ann"), DriveId("ben")
MARK = Mark("j", 7, complete=True)
EVERYTHING = Question(None)


def folders(drive_id: DriveId, count: int, name: str = "folder") -> list[Folder]:
    return [
        Folder(
            id=NodeId(f"{number}"),
            drive_id=drive_id,
            parent_id=NodeId(drive_id),
            name=f"{name} {number}",
            revision=1,
            seq=1,
            created_at_ms=number,
            updated_at_ms=number,
        )
        for number in range(count)
    ]


def overwrite(folder: Path, rubbish: bytes) -> None:
    (file,) = folder.glob("*.search")
    file.write_bytes(rubbish)


async def holding(index: SqliteSearchIndex, drive_id: DriveId, count: int = 3) -> None:
    await index.begin(drive_id, MARK)
    await index.put(drive_id, folders(drive_id, count), MARK)


async def count(index: SqliteSearchIndex, drive_id: DriveId) -> int:
    return len((await index.page(drive_id, EVERYTHING, limit=1_000, start=None)).items)


async def test_an_index_outlives_its_process(tmp_path: Path) -> None:
    before = SqliteSearchIndex(tmp_path, most_bytes=10**9)
    await holding(before, ANN)
    await before.close()

    after = SqliteSearchIndex(tmp_path, most_bytes=10**9)

    assert await after.mark(ANN) == MARK
    assert await count(after, ANN) == 3
    assert after.size_bytes() > 0
    await after.close()


async def test_an_index_of_another_form_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = SqliteSearchIndex(tmp_path, most_bytes=10**9)
    await holding(index, ANN)

    monkeypatch.setattr(drive_index, "FORM", "another")

    assert await index.mark(ANN) is None
    assert await count(index, ANN) == 0
    await index.close()


@pytest.mark.parametrize("rubbish", [b"no database at all" * 1_000, b"SQLite format 3\0" + b"\xff" * 8_000])
async def test_a_damaged_file_is_thrown_away(tmp_path: Path, rubbish: bytes) -> None:
    before = SqliteSearchIndex(tmp_path, most_bytes=10**9)
    await holding(before, ANN)
    await before.close()
    overwrite(tmp_path, rubbish)

    index = SqliteSearchIndex(tmp_path, most_bytes=10**9)

    assert await index.mark(ANN) is None
    await holding(index, ANN)
    assert await count(index, ANN) == 3
    await index.close()


async def test_the_drives_that_were_asked_longest_ago_make_room(tmp_path: Path) -> None:
    index = SqliteSearchIndex(tmp_path, most_bytes=1)

    await holding(index, ANN)
    kept_while_alone = await index.mark(ANN)
    await holding(index, BEN)

    assert kept_while_alone == MARK
    assert await index.mark(ANN) is None
    assert await index.mark(BEN) == MARK
    await index.close()


async def test_files_that_are_closed_for_a_while_are_opened_again(tmp_path: Path) -> None:
    index = SqliteSearchIndex(tmp_path, most_bytes=10**9, most_open=1)
    drives = [DriveId(f"drive {number}") for number in range(4)]

    for drive_id in drives:
        await holding(index, drive_id)

    assert [await count(index, drive_id) for drive_id in drives] == [3] * 4
    await index.close()


async def test_a_disk_that_does_not_take_it_is_unavailable(tmp_path: Path) -> None:
    index = SqliteSearchIndex(tmp_path / "here", most_bytes=10**9)
    (tmp_path / "here").rmdir()

    with pytest.raises(Unavailable):
        await index.begin(ANN, MARK)
    await index.close()


async def test_a_page_ends_early_where_many_names_are_looked_at_in_vain(tmp_path: Path) -> None:
    path = tmp_path / "ann"
    index = drive_index.DriveIndex(path, ANN)
    index.begin(MARK)
    index.put(folders(ANN, 30), MARK)
    question = Question(query_of("folder"), Filters(below=NodeId("7")))

    starts = [Finding(index.db, ANN, question, rows_per_page=20).page(5, None).next_start]
    while starts[-1] is not None:
        page = Finding(index.db, ANN, question, rows_per_page=20).page(5, starts[-1])
        assert page.items == ()
        starts.append(page.next_start)

    assert len(starts) > 1
    index.close()


async def test_where_many_names_begin_alike_the_last_changed_still_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = drive_index.DriveIndex(tmp_path / "ann", ANN)
    index.begin(MARK)
    index.put(folders(ANN, 30), MARK)
    question = Question(query_of("fold"))
    few = Finding(index.db, ANN, question).page(40, None)

    monkeypatch.setattr(finding, "FEW", 3)
    many = Finding(index.db, ANN, question).page(40, None)

    assert [hit.node.id for hit in many.items] == [str(number) for number in reversed(range(30))]
    assert many == few
    index.close()


async def test_whoever_asks_much_of_one_drive_keeps_no_other_waiting(tmp_path: Path) -> None:
    index = SqliteSearchIndex(tmp_path, most_bytes=10**9)
    with index._shelf(ANN).lock:  # as if a question took its time
        many = [asyncio.create_task(index.mark(ANN)) for _ in range(2 * THREADS)]
        async with asyncio.timeout(10):
            assert await index.mark(BEN) is None
    await asyncio.gather(*many)
    await index.close()
