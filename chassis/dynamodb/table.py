"""One table, whose rows are one frozen dataclass."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import Raw
from msgspec.json import decode

from chassis.dynamodb.client import Action, DynamoDB, Get
from chassis.dynamodb.conditions import Condition, Placeholders, render_update
from chassis.dynamodb.errors import ConditionFailed
from chassis.dynamodb.queries import Index, Key, Query, next_start
from chassis.dynamodb.shapes import Shape, shaped
from chassis.dynamodb.values import Row, Value, Wire, codec_of, to_wire

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in order; `next_start` continues behind the last one, None at the end."""

    items: tuple[T, ...]
    next_start: Key | None


class Table(Generic[Row]):
    """Reads and writes rows; every write can carry a condition on the row as it stands."""

    def __init__(
        self, db: DynamoDB, name: str, row: type[Row], *, partition_key: str, sort_key: str | None = None
    ) -> None:
        self._db = db
        self.name = name
        self._codec = codec_of(row)
        self._keys = Index("", partition_key, sort_key)
        self._always: dict[Condition, Wire] = {}

    def key(self, pk: str | int, sk: str | int | None = None) -> Wire:
        key = {self._keys.partition_key: to_wire(pk)}
        if self._keys.sort_key is not None:
            key[self._keys.sort_key] = to_wire(sk)
        return key

    async def get(self, pk: str | int, sk: str | int | None = None, *, consistent: bool = True) -> Row | None:
        request = {"TableName": self.name, "Key": self.key(pk, sk), "ConsistentRead": consistent}
        item = (await self._db.call("GetItem", request)).get("Item")
        return self._codec.decode(item) if item else None

    async def put(self, row: Row, *, condition: Condition | None = None) -> None:
        """Raises ConditionFailed with the existing row; OutcomeUnknown if the answer was lost."""
        await self._write("PutItem", self.putting(row, condition))

    async def update(
        self,
        pk: str | int,
        sk: str | int | None = None,
        *,
        set: Mapping[str, Value | None] | None = None,  # noqa: A002  # DynamoDB's own word
        add: Mapping[str, int] | None = None,
        remove: Sequence[str] = (),
        condition: Condition,
    ) -> Row:
        """The row as it is afterwards. Raises as `put`. A None in `set` removes the attribute."""
        action = self.updating(pk, sk, set=set, add=add, remove=remove, condition=condition)
        answer = await self._write("UpdateItem", action, ReturnValues="ALL_NEW")
        return self._codec.decode(answer["Attributes"])

    async def delete(
        self, pk: str | int, sk: str | int | None = None, *, condition: Condition | None = None
    ) -> None:
        """Raises as `put`. Without a condition, deleting what is not there is a success."""
        await self._write("DeleteItem", self.deleting(pk, sk, condition))

    async def query(
        self,
        pk: str | int,
        *,
        index: Index | None = None,
        begins_with: str | None = None,
        between: tuple[str | int, str | int] | None = None,
        after: str | int | None = None,
        before: str | int | None = None,
        limit: int | None = None,
        start: Key | None = None,
        descending: bool = False,
        consistent: bool | None = None,
    ) -> Page[Row]:
        """One request: up to `limit` rows or 1 MB, ordered by the sort key.

        `between` includes both ends; `after` and `before` exclude theirs. Consistent unless it reads an index.
        """
        query = Query(
            begins_with=begins_with,
            between=between,
            after=after,
            before=before,
            limit=limit,
            start=start,
            descending=descending,
            consistent=consistent if consistent is not None else index is None,
        )
        answer = await self._db.call("Query", query.request(self.name, index or self._keys, pk))
        items = answer["Items"]
        if isinstance(items, Raw):
            items = decode(items)
        return Page(tuple(map(self._codec.decode, items)), next_start(answer))

    async def query_shapes(
        self,
        shape: type[Shape],
        pk: str | int,
        *,
        index: Index | None = None,
        begins_with: str | None = None,
        limit: int | None = None,
        start: Key | None = None,
        descending: bool = False,
    ) -> Page[Shape]:
        """As `query`, but only what the shape asks for, which is faster (`shapes.py`)."""
        query = Query(
            begins_with=begins_with,
            limit=limit,
            start=start,
            descending=descending,
            consistent=index is None,
            shape=shape,
        )
        answer = await self._db.call("Query", query.request(self.name, index or self._keys, pk))
        return Page(tuple(shaped(shape, answer["Items"])), next_start(answer))

    async def query_all(self, pk: str | int, **options: Any) -> AsyncIterator[Row]:
        """Every row, page by page; options as `query`."""
        start: Key | None = options.pop("start", None)
        while True:
            page = await self.query(pk, start=start, **options)
            for row in page.items:
                yield row
            if page.next_start is None:
                return
            start = page.next_start

    async def scan(self, *, limit: int | None = None, start: Key | None = None) -> Page[Row]:
        """Rows of the whole table, consistently, in an order of its own. For no request: it costs what there is."""
        request: Wire = {"TableName": self.name, "ConsistentRead": True}
        if limit is not None:
            request["Limit"] = limit
        if start is not None:
            request["ExclusiveStartKey"] = {name: to_wire(value) for name, value in start.items()}
        answer = await self._db.call("Scan", request)
        return Page(tuple(map(self._codec.decode, answer["Items"])), next_start(answer))

    def getting(self, pk: str | int, sk: str | int | None = None) -> Get:
        return Get(self.name, self.key(pk, sk), self._codec)

    def putting(self, row: Row, condition: Condition | None = None) -> Action:
        request = {"TableName": self.name, "Item": self._codec.encode(row)}
        return Action("Put", request | self._rendered(condition), self._codec)

    def updating(
        self,
        pk: str | int,
        sk: str | int | None = None,
        *,
        set: Mapping[str, Value | None] | None = None,  # noqa: A002  # DynamoDB's own word
        add: Mapping[str, int] | None = None,
        remove: Sequence[str] = (),
        condition: Condition,
    ) -> Action:
        to = Placeholders()
        update = render_update(to, set or {}, add or {}, remove)
        return self._action("Update", {"Key": self.key(pk, sk), "UpdateExpression": update}, to, condition)

    def deleting(
        self, pk: str | int, sk: str | int | None = None, condition: Condition | None = None
    ) -> Action:
        return self._action("Delete", {"Key": self.key(pk, sk)}, Placeholders(), condition)

    def checking(self, pk: str | int, sk: str | int | None = None, *, condition: Condition) -> Action:
        return self._action("ConditionCheck", {"Key": self.key(pk, sk)}, Placeholders(), condition)

    def _rendered(self, condition: Condition | None) -> Wire:
        """Of the request of a Put, whose only expression it is. Most say the same each time: they are rendered once."""
        if condition is None:
            return {}
        rendered = self._always.get(condition)
        if rendered is None:
            to = Placeholders()
            rendered = _conditional(condition, to) | to.request()
            if "ExpressionAttributeValues" not in rendered:
                self._always[condition] = rendered
        return rendered

    def _action(self, verb: str, request: Wire, to: Placeholders, condition: Condition | None) -> Action:
        request["TableName"] = self.name
        if condition is not None:
            request |= _conditional(condition, to)
        return Action(verb, request | to.request(), self._codec)

    async def _write(self, operation: str, action: Action, **options: str) -> Wire:
        try:
            return await self._db.call(operation, action.request | options)
        except ConditionFailed as error:
            existing = self._codec.decode(error.existing) if error.existing else None
            raise ConditionFailed(existing) from error


def _conditional(condition: Condition, to: Placeholders) -> Wire:
    return {
        "ConditionExpression": condition.render(to),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
