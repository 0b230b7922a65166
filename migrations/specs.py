"""Tables as they shall be, in words and in the API's."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Attribute:
    """A key attribute: `type` is "S" (text), "N" (number) or "B" (bytes)."""

    name: str
    type: str = "S"


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `projection` is "ALL" or "KEYS_ONLY".

    There are no local ones: they would pin a partition to one place, and to 10 GB, for ever.
    """

    name: str
    partition_key: Attribute
    sort_key: Attribute | None = None
    projection: str = "ALL"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table, by its name without prefix. `ttl_attribute` holds Unix seconds."""

    name: str
    partition_key: Attribute
    sort_key: Attribute | None = None
    indexes: tuple[Index, ...] = ()
    ttl_attribute: str | None = None


def creation(name: str, spec: TableSpec) -> dict[str, Any]:
    """The CreateTable request; `name` has the prefix."""
    keys = [*_keys(spec), *(key for index in spec.indexes for key in _keys(index))]
    request: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": _definitions(keys),
        "KeySchema": schema(spec),
    }
    if spec.indexes:
        request["GlobalSecondaryIndexes"] = [_index(index) for index in spec.indexes]
    return request


def addition(name: str, index: Index) -> dict[str, Any]:
    """The UpdateTable request that adds an index."""
    return {
        "TableName": name,
        "AttributeDefinitions": _definitions(_keys(index)),
        "GlobalSecondaryIndexUpdates": [{"Create": _index(index)}],
    }


def schema(keyed: TableSpec | Index) -> list[dict[str, str]]:
    """The keys of a table or index, as the API lists them."""
    kinds = zip(_keys(keyed), ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": key.name, "KeyType": kind} for key, kind in kinds]


def types(keyed: TableSpec | Index) -> dict[str, str]:
    """The types of its keys, by name."""
    return {key.name: key.type for key in _keys(keyed)}


def _keys(keyed: TableSpec | Index) -> list[Attribute]:
    return [key for key in (keyed.partition_key, keyed.sort_key) if key is not None]


def _definitions(attributes: list[Attribute]) -> list[dict[str, str]]:
    unique = {attribute.name: attribute.type for attribute in attributes}
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in unique.items()]


def _index(index: Index) -> dict[str, Any]:
    return {
        "IndexName": index.name,
        "KeySchema": schema(index),
        "Projection": {"ProjectionType": index.projection},
    }
