"""Tables as they shall be, and the steps that make them so. Every step may be repeated, and taken by two at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

# A table or index that is still being made after this long will not be.
PATIENCE_SECONDS = 600
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Attribute:
    """A key attribute: `type` is "S" (text), "N" (number) or "B" (bytes)."""

    name: str
    type: str = "S"


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `projection` is "ALL" or "KEYS_ONLY"."""

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


class Engine:
    """A DynamoDB to bring up to date: a boto3 client, the prefix of its tables, and somebody to tell."""

    def __init__(self, client: Any, prefix: str, say: Callable[[str], None]) -> None:
        self.client = client
        self.prefix = prefix
        self.say = say

    def ensure_table(self, spec: TableSpec) -> None:
        """Makes the table if it is not there, and whatever it lacks; returns when all of it is active."""
        name = self.prefix + spec.name
        try:
            self.client.create_table(**_creation(name, spec))
            self.say(f"{name}: created")
        except ClientError as error:
            # Somebody made it before us, or is making it now.
            if error.response["Error"]["Code"] != "ResourceInUseException":
                raise
        self.wait_until_active(name)
        for index in spec.indexes:
            self.ensure_index(spec.name, index)
        if spec.ttl_attribute is not None:
            self.ensure_ttl(spec.name, spec.ttl_attribute)
        self.ensure_recovery(spec.name)

    def ensure_index(self, table: str, index: Index) -> None:
        """Adds a global index to a table that lacks it; returns when it is filled."""
        name = self.prefix + table
        existing = {each["IndexName"] for each in self._describe(name).get("GlobalSecondaryIndexes", [])}
        if index.name not in existing:
            attributes = [key for key in (index.partition_key, index.sort_key) if key is not None]
            try:
                self.client.update_table(
                    TableName=name,
                    AttributeDefinitions=_definitions(attributes),
                    GlobalSecondaryIndexUpdates=[{"Create": _index(index)}],
                )
                self.say(f"{name}: index {index.name} added")
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("ResourceInUseException", "ValidationException"):
                    raise
                # Two at once: the other one's index is there, or is being made.
                if index.name not in self._index_names(name):
                    raise
        self.wait_until_active(name)

    def ensure_ttl(self, table: str, attribute: str) -> None:
        """Lets the engine drop rows whose `attribute`, in Unix seconds, has passed."""
        name = self.prefix + table
        described = self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if described.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
            return
        try:
            self.client.update_time_to_live(
                TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute}
            )
        except ClientError as error:
            # Two at once: AWS refuses a second change within the hour, and the first one was ours too.
            if error.response["Error"]["Code"] != "ValidationException":
                raise

    def ensure_recovery(self, table: str) -> None:
        """Point-in-time recovery, where the engine has it: the local ones do not."""
        name = self.prefix + table
        try:
            self.client.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "UnknownOperationException":
                raise

    def wait_until_active(self, name: str) -> None:
        """Returns when the table and all its indexes are active. TimeoutError after PATIENCE_SECONDS."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            table = self._describe(name)
            states = [each.get("IndexStatus") for each in table.get("GlobalSecondaryIndexes", [])]
            if all(state == "ACTIVE" for state in [table["TableStatus"], *states]):
                return
            time.sleep(_PAUSE_SECONDS)
        raise TimeoutError(f"{name} did not become active within {PATIENCE_SECONDS} s")

    def _describe(self, name: str) -> dict[str, Any]:
        return dict(self.client.describe_table(TableName=name)["Table"])

    def _index_names(self, name: str) -> set[str]:
        return {each["IndexName"] for each in self._describe(name).get("GlobalSecondaryIndexes", [])}


def _creation(name: str, spec: TableSpec) -> dict[str, Any]:
    keys = [spec.partition_key, spec.sort_key]
    for index in spec.indexes:
        keys += [index.partition_key, index.sort_key]
    request: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": _definitions([key for key in keys if key is not None]),
        "KeySchema": _schema(spec.partition_key, spec.sort_key),
    }
    if spec.indexes:
        request["GlobalSecondaryIndexes"] = [_index(index) for index in spec.indexes]
    return request


def _definitions(attributes: list[Attribute]) -> list[dict[str, str]]:
    unique = {attribute.name: attribute.type for attribute in attributes}
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in unique.items()]


def _schema(partition_key: Attribute, sort_key: Attribute | None) -> list[dict[str, str]]:
    schema = [{"AttributeName": partition_key.name, "KeyType": "HASH"}]
    if sort_key is not None:
        schema.append({"AttributeName": sort_key.name, "KeyType": "RANGE"})
    return schema


def _index(index: Index) -> dict[str, Any]:
    return {
        "IndexName": index.name,
        "KeySchema": _schema(index.partition_key, index.sort_key),
        "Projection": {"ProjectionType": index.projection},
    }
