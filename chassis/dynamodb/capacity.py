"""What requests cost, in DynamoDB's own units, as the engine itself counts them."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from prometheus_client import Counter

from chassis.dynamodb.values import Wire

_UNITS = Counter(
    "stowage_dynamodb_capacity_units",
    "Read and write units consumed; index: empty for the table itself",
    ("kind", "table", "index"),
)
READS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"})
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
_QUESTION = {"ReturnConsumedCapacity": "INDEXES"}
# labels() takes a lock and builds a tuple each time; there are few triples.
_add = cache(lambda kind, table, index: _UNITS.labels(kind, table, index).inc)


def asking(operation: str, request: Wire) -> Wire:
    """The request, with the question what it will have cost if it is one that costs."""
    return request | _QUESTION if operation in READS or operation in _WRITES else request


def note(operation: str, answer: Wire) -> None:
    """Counts what the answer says; an engine that says nothing adds nothing."""
    kind = "read" if operation in READS else "write"
    for consumed in _each(answer.get("ConsumedCapacity")):
        table = consumed["TableName"]
        _add(kind, table, "")(_units(consumed.get("Table", consumed)))
        for index, used in consumed.get("GlobalSecondaryIndexes", {}).items():
            _add(kind, table, index)(_units(used))


def _each(consumed: Any) -> Iterable[Wire]:
    """One table's is said as an object, those of several as a list."""
    if isinstance(consumed, dict):
        return (consumed,)
    return consumed or ()


def _units(consumed: Wire) -> float:
    return float(consumed.get("CapacityUnits", 0))
