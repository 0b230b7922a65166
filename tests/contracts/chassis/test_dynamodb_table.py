"""Single rows and queries, as the real engine does them."""

import msgspec
import pytest

from chassis.dynamodb import (
    Bytes,
    Condition,
    ConditionFailed,
    Refused,
    Table,
    TableMissing,
    at_least,
    counting,
    equals,
    exists,
    less,
    not_exists,
    one_of,
)
from tests.contracts.chassis.conftest import DUE, KEYS_BY_OWNER, Row, Shelf


async def test_a_row_is_read_as_it_was_written(shelf: Shelf) -> None:
    row = shelf.row(1, title="Äpfel 🍎", pages=2**62, data=bytes(range(256)), owner="o")
    await shelf.table.put(row)

    assert await shelf.table.get(shelf.name, 1) == row


async def test_what_is_not_there_reads_as_none(shelf: Shelf) -> None:
    assert await shelf.table.get(shelf.name, 1) is None


async def test_a_put_that_was_not_to_overwrite_brings_the_row_that_stands(shelf: Shelf) -> None:
    await shelf.table.put(shelf.row(1, title="first", data=b"\x00"))

    with pytest.raises(ConditionFailed) as caught:
        await shelf.table.put(shelf.row(1, title="second"), condition=not_exists("shelf"))

    assert caught.value.existing == shelf.row(1, title="first", data=b"\x00")


async def test_a_condition_on_a_row_that_is_not_there_brings_none(shelf: Shelf) -> None:
    with pytest.raises(ConditionFailed) as caught:
        await shelf.table.put(shelf.row(1), condition=exists("shelf"))

    assert caught.value.existing is None


async def test_an_update_sets_adds_and_removes_at_once_and_answers_the_new_row(shelf: Shelf) -> None:
    await shelf.table.put(shelf.row(1, title="old", pages=3, owner="o", due_shard="0", due_at=5))

    after = await shelf.table.update(
        shelf.name,
        1,
        set={"title": "new", "due_shard": None},
        add={"pages": -1},
        remove=["due_at"],
        condition=exists("shelf"),
    )

    assert after == shelf.row(1, title="new", pages=2, owner="o")
    assert await shelf.table.get(shelf.name, 1) == after


async def test_nothing_rises_from_the_dead_by_an_update(shelf: Shelf) -> None:
    with pytest.raises(ConditionFailed):
        await shelf.table.update(shelf.name, 1, add={"pages": 1}, condition=exists("shelf"))

    assert await shelf.table.get(shelf.name, 1) is None


async def test_deleting_what_is_not_there_is_a_success_unless_a_condition_says_otherwise(
    shelf: Shelf,
) -> None:
    await shelf.table.delete(shelf.name, 1)

    with pytest.raises(ConditionFailed):
        await shelf.table.delete(shelf.name, 1, condition=exists("shelf"))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (equals("pages", 5) & equals("title", "t"), True),
        (equals("pages", 5) & equals("title", "x"), False),
        (equals("pages", 6) | equals("title", "t"), True),
        (less("pages", 5) | at_least("pages", 6), False),
        (not_exists("owner") & (less("pages", 5) | one_of("title", ["s", "t"])), True),
    ],
)
async def test_conditions_combine(shelf: Shelf, condition: Condition, holds: bool) -> None:
    await shelf.table.put(shelf.row(1, title="t", pages=5))

    try:
        await shelf.table.delete(shelf.name, 1, condition=condition)
        held = True
    except ConditionFailed:
        held = False

    assert held == holds


async def numbered(shelf: Shelf, *numbers: int) -> None:
    await shelf.db.transact([shelf.table.putting(shelf.row(number)) for number in numbers])


def numbers(rows: tuple[Row, ...]) -> list[int]:
    return [row.number for row in rows]


async def test_a_query_answers_in_the_order_of_the_sort_key(shelf: Shelf) -> None:
    await numbered(shelf, 10, 9, 100, 1)

    ascending = await shelf.table.query(shelf.name)
    descending = await shelf.table.query(shelf.name, descending=True, limit=2)

    assert numbers(ascending.items) == [1, 9, 10, 100]
    assert numbers(descending.items) == [100, 10]


async def test_a_query_takes_a_range_of_the_sort_key(shelf: Shelf) -> None:
    await numbered(shelf, 1, 2, 3, 4)

    assert numbers((await shelf.table.query(shelf.name, between=(2, 3))).items) == [2, 3]
    assert numbers((await shelf.table.query(shelf.name, after=2)).items) == [3, 4]
    assert numbers((await shelf.table.query(shelf.name, before=2)).items) == [1]


async def test_pages_join_without_gap_or_repeat(shelf: Shelf) -> None:
    await numbered(shelf, *range(7))

    first = await shelf.table.query(shelf.name, limit=3)
    second = await shelf.table.query(shelf.name, limit=3, start=first.next_start)
    third = await shelf.table.query(shelf.name, limit=3, start=second.next_start)

    assert [numbers(page.items) for page in (first, second, third)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert third.next_start is None


async def test_a_scan_passes_every_row_once(shelf: Shelf) -> None:
    await numbered(shelf, *range(7))
    start, seen = None, list[Row]()

    while True:
        page = await shelf.table.scan(limit=3, start=start)
        seen += page.items
        start = page.next_start
        if start is None:
            break

    mine = [row for row in seen if row.shelf == shelf.name]
    assert sorted(row.number for row in mine) == list(range(7))


async def test_query_all_asks_page_by_page(shelf: Shelf) -> None:
    await numbered(shelf, *range(5))

    with counting() as calls:
        rows = [row async for row in shelf.table.query_all(shelf.name, limit=2, after=0)]

    assert numbers(tuple(rows)) == [1, 2, 3, 4]
    assert calls["Query"] >= 2


class Inside(msgspec.Struct):
    """What is seen of a row when it is opened."""

    data: Bytes | None = None


async def test_a_shape_shows_some_attributes_of_many_rows_in_the_order_of_a_query(shelf: Shelf) -> None:
    await shelf.table.put(shelf.row(1, title="Äpfel 🍎", data=bytes(range(256)), owner="o"))
    await shelf.table.put(shelf.row(-(2**60), title="b"))
    await shelf.table.put(shelf.row(3, data=b"c"))

    first = await shelf.table.query_shapes(Inside, shelf.name, limit=2)
    rest = await shelf.table.query_shapes(Inside, shelf.name, limit=2, start=first.next_start)

    assert first.items == (Inside(None), Inside(Bytes(bytes(range(256)))))
    assert (rest.items, rest.next_start) == ((Inside(Bytes(b"c")),), None)


async def test_a_sparse_index_holds_only_rows_that_have_its_keys(shelf: Shelf) -> None:
    shard = shelf.name
    await shelf.table.put(shelf.row(1, due_shard=shard, due_at=20, title="late"))
    await shelf.table.put(shelf.row(2, due_shard=shard, due_at=10))
    await shelf.table.put(shelf.row(3))

    page = await shelf.table.query(shard, index=DUE)
    due = await shelf.table.query(shard, index=DUE, before=15)

    assert [row.number for row in page.items] == [2, 1]
    assert page.items[1].title == "late"
    assert [row.number for row in due.items] == [2]


async def test_pages_of_an_index_join_too(shelf: Shelf) -> None:
    for number in range(3):
        await shelf.table.put(shelf.row(number, due_shard=shelf.name, due_at=7))

    rows = [row.number async for row in shelf.table.query_all(shelf.name, index=DUE, limit=1)]

    assert sorted(rows) == [0, 1, 2]


async def test_a_keys_only_index_is_read_by_a_row_of_its_keys(shelf: Shelf) -> None:
    await shelf.table.put(shelf.row(1, owner=shelf.name, title="not shown"))

    page = await shelf.keys.query(shelf.name, index=KEYS_BY_OWNER)

    assert [(row.shelf, row.number) for row in page.items] == [(shelf.name, 1)]


async def test_a_missing_table_is_told_apart_from_a_wrong_request(shelf: Shelf) -> None:
    missing = Table(shelf.db, "nowhere", Row, partition_key="shelf", sort_key="number")
    wrong = Table(shelf.db, shelf.table.name, Row, partition_key="shelf")

    with pytest.raises(TableMissing):
        await missing.get("x", 1)
    with pytest.raises(Refused, match="ValidationException"):
        await wrong.get("x")
