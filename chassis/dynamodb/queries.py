"""A Query as a request, and where its answer says to go on."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from chassis.dynamodb.conditions import Placeholders
from chassis.dynamodb.shapes import projection
from chassis.dynamodb.values import Wire, from_wire, to_wire

Key = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: a hint that may lag, never a proof. Without a name: a table's own keys."""

    name: str
    partition_key: str
    sort_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Up to `limit` rows or 1 MB, ordered by the sort key, and which of them; `shape` None: all of each row."""

    begins_with: str | None = None
    between: tuple[str | int, str | int] | None = None
    after: str | int | None = None
    before: str | int | None = None
    limit: int | None = None
    start: Key | None = None
    descending: bool = False
    consistent: bool
    shape: type[Struct] | None = None

    def request(self, table: str, keys: Index, pk: str | int) -> Wire:
        to = Placeholders()
        terms = [f"{to.name(keys.partition_key)} = {to.value(pk)}"]
        if keys.sort_key is not None:
            terms += self._range(to, to.name(keys.sort_key)) if self._is_ranged else ()
        request: Wire = {
            "TableName": table,
            "KeyConditionExpression": " AND ".join(terms),
            "ScanIndexForward": not self.descending,
            "ConsistentRead": self.consistent,
        }
        if keys.name:
            request["IndexName"] = keys.name
        if self.limit is not None:
            request["Limit"] = self.limit
        if self.start is not None:
            request["ExclusiveStartKey"] = {name: to_wire(value) for name, value in self.start.items()}
        if self.shape is not None:
            request["ProjectionExpression"] = projection(self.shape, to)
        return request | to.request()

    @property
    def _is_ranged(self) -> bool:
        return (self.begins_with, self.between, self.after, self.before) != (None, None, None, None)

    def _range(self, to: Placeholders, sort: str) -> list[str]:
        if self.begins_with is not None:
            return [f"begins_with({sort}, {to.value(self.begins_with)})"]
        if self.between is not None:
            return [f"{sort} BETWEEN {to.value(self.between[0])} AND {to.value(self.between[1])}"]
        if self.after is not None:
            return [f"{sort} > {to.value(self.after)}"]
        assert self.before is not None
        return [f"{sort} < {to.value(self.before)}"]


def next_start(answer: Wire) -> Key | None:
    """Behind the answer's last row; None at the end.

    Its attributes are in order, because DynamoDB names them in any: one place has one cursor, and is cached once.
    """
    last = answer.get("LastEvaluatedKey")
    return {name: from_wire(last[name]) for name in sorted(last)} if last else None
