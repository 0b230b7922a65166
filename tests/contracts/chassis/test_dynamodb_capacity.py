"""What requests cost is counted as the engine says it, per table and index."""

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY

from chassis.dynamodb import not_exists
from tests.contracts.chassis.conftest import Shelf

Spent = Callable[..., float]


@pytest.fixture
def spent(rows_table: str) -> Spent:
    """Units since the test began."""

    def units(kind: str, index: str = "") -> float:
        labels = {"kind": kind, "table": rows_table, "index": index}
        return REGISTRY.get_sample_value("stowage_dynamodb_capacity_units_total", labels) or 0.0

    before = {(kind, index): units(kind, index) for kind in ("read", "write") for index in ("", "owner")}
    return lambda kind, index="": units(kind, index) - before[kind, index]


async def test_a_write_costs_its_row_and_each_index_that_holds_it(shelf: Shelf, spent: Spent) -> None:
    await shelf.table.put(shelf.row(1, owner="ada"))

    assert (spent("write"), spent("write", "owner"), spent("read")) == (1, 1, 0)


async def test_a_transaction_costs_twice(shelf: Shelf, spent: Spent) -> None:
    await shelf.db.transact([shelf.table.putting(shelf.row(n), not_exists("shelf")) for n in range(3)])

    assert spent("write") == 6


async def test_a_consistent_read_costs_one_for_each_4_kilobytes(shelf: Shelf, spent: Spent) -> None:
    await shelf.table.put(shelf.row(1, data=b"x" * 9_000))

    await shelf.table.get(shelf.name, 1)

    assert spent("read") == 3
