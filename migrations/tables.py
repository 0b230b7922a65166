"""The steps that make tables as they shall be. Every step may be repeated, and taken by two at once."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from migrations.specs import Attribute, Index, TableSpec, addition, creation, schema, types

__all__ = ["Attribute", "Engine", "Index", "MigrationError", "TableSpec", "code_of"]

# What is still being made after this long will not be.
PATIENCE_SECONDS = 600
_PAUSE_SECONDS = 0.1


class MigrationError(Exception):
    """A table cannot be made as it shall be; says why, in words."""


class Engine:
    """A DynamoDB to bring up to date: a boto3 client, the prefix of its tables, and somebody to tell."""

    def __init__(
        self,
        client: Any,
        prefix: str,
        say: Callable[[str], None],
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.prefix = prefix
        self.say = say
        self._pause = pause

    def ensure_table(self, spec: TableSpec) -> None:
        """Makes the table if it is not there, and whatever it lacks; returns when all of it is active.

        MigrationError if it is there with other keys, which cannot be changed.
        """
        name = self.prefix + spec.name
        try:
            self.client.create_table(**creation(name, spec))
            self.say(f"{name}: created")
        except ClientError as error:
            # Somebody made it before us, or is making it now.
            if code_of(error) != "ResourceInUseException":
                raise
        _must_match(name, spec, self._active(name))
        for index in spec.indexes:
            self.ensure_index(spec.name, index)
        if spec.ttl_attribute is not None:
            self.ensure_ttl(spec.name, spec.ttl_attribute)
        self.ensure_recovery(spec.name)

    def ensure_index(self, table: str, index: Index) -> None:
        """Adds a global index to a table that lacks it; returns when it is filled.

        MigrationError if the table is missing, or has an index of this name with other keys.
        """
        name = self.prefix + table
        described = self._existing(name)
        if index.name not in _indexes(described):
            self._add(name, index)
            described = self._active(name)
        _must_match(f"{name}, index {index.name}", index, described, _indexes(described)[index.name])

    def _add(self, name: str, index: Index) -> None:
        def attempt() -> bool:
            if index.name in _indexes(self._active(name)):
                return True
            try:
                self.client.update_table(**addition(name, index))
            except ClientError as error:
                # Two at once: an index that is there already is invalid, and the other one's.
                if code_of(error) != "ValidationException" or index.name not in _indexes(self._active(name)):
                    raise
                return True
            self.say(f"{name}: index {index.name} added")
            return True

        # In use, or one index too many at a time: somebody else is adding one. Asked again, it may be this one.
        self._until(
            f"add index {index.name} to {name}", attempt, "ResourceInUseException", "LimitExceededException"
        )

    def ensure_ttl(self, table: str, attribute: str) -> None:
        """Lets the engine drop rows whose `attribute`, in Unix seconds, has passed.

        MigrationError if the table is missing, or its rows expire by another attribute.
        """
        name = self.prefix + table
        self._existing(name)
        if self._expires_by(name) is None:
            wanted = {"Enabled": True, "AttributeName": attribute}
            try:
                self.client.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)
            except ClientError as error:
                # Two at once: a second change within the hour is invalid, and the first one was the other's.
                if code_of(error) != "ValidationException" or self._expires_by(name) is None:
                    raise
        if (found := self._expires_by(name)) != attribute:
            raise MigrationError(f"{name}: rows expire by {found} already.")

    def _expires_by(self, name: str) -> str | None:
        described = self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        enabled = described.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
        return str(described["AttributeName"]) if enabled else None

    def rewrite_rows(
        self,
        table: str,
        mark: str,
        rewrite: Callable[[dict[str, Any]], dict[str, Any]],
        *,
        having: str | None = None,
    ) -> None:
        """Puts `rewrite(row)` in place of each row that has no attribute `mark` yet; the new ones have it.

        `having`: an attribute of the rows that are meant, where rows of several kinds stand in one table.

        Rows as in the API. Nobody else may write to them meanwhile but another run of this.
        """
        name, count = self.prefix + table, 0
        for page in self.client.get_paginator("scan").paginate(
            TableName=name,
            ConsistentRead=True,
            FilterExpression="attribute_not_exists(#mark)"
            + (" AND attribute_exists(#having)" if having else ""),
            ExpressionAttributeNames={"#mark": mark} | ({"#having": having} if having else {}),
        ):
            for row in page["Items"]:
                self._put_unless_marked(name, rewrite(row), mark)
            count += len(page["Items"])
            if page["Items"]:
                self.say(f"{name}: {count} rows rewritten")

    def _put_unless_marked(self, name: str, row: dict[str, Any], mark: str) -> None:
        try:
            self.client.put_item(
                TableName=name,
                Item=row,
                ConditionExpression="attribute_not_exists(#mark)",
                ExpressionAttributeNames={"#mark": mark},
            )
        except ClientError as error:
            # The other of two at once was here first.
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def ensure_recovery(self, table: str) -> None:
        """Point-in-time recovery, where the engine has it: the local ones do not."""
        name = self.prefix + table
        wanted = {"PointInTimeRecoveryEnabled": True}

        def attempt() -> bool:
            try:
                self.client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=wanted)
            except ClientError as error:
                if code_of(error) != "UnknownOperationException":
                    raise
            return True

        # AWS says "unavailable" while backups of a fresh table are being set up.
        self._until(f"have {name} backed up", attempt, "ContinuousBackupsUnavailableException")

    def _active(self, name: str) -> dict[str, Any]:
        """The table's description once it and all its indexes are active."""
        found: dict[str, Any] = {}

        def attempt() -> bool:
            nonlocal found
            # Right after its creation, AWS may not know the table yet.
            found = self._described(name) or {"TableStatus": "CREATING"}
            states = [each.get("IndexStatus") for each in _indexes(found).values()]
            return all(state == "ACTIVE" for state in [found["TableStatus"], *states])

        self._until(f"see {name} active", attempt)
        return found

    def _until(self, aim: str, attempt: Callable[[], bool], *passing: str) -> None:
        """Tries until it succeeds, past errors that pass. MigrationError after PATIENCE_SECONDS."""
        last = ""
        for _ in range(round(PATIENCE_SECONDS / _PAUSE_SECONDS)):
            try:
                if attempt():
                    return
            except ClientError as error:
                if code_of(error) not in passing:
                    raise
                last = f" ({error})"
            self._pause(_PAUSE_SECONDS)
        raise MigrationError(f"Waited {PATIENCE_SECONDS} s to {aim}{last}.")

    def _existing(self, name: str) -> dict[str, Any]:
        described = self._described(name)
        if described is None:
            raise MigrationError(f"There is no table {name}. Make it first, with `create`.")
        return described

    def _described(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(self.client.describe_table(TableName=name)["Table"])
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            return None


def code_of(error: ClientError) -> str:
    """DynamoDB's own name of the error."""
    return str(error.response["Error"]["Code"])


def _indexes(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["IndexName"]: each for each in described.get("GlobalSecondaryIndexes", [])}


def _must_match(
    name: str, wanted: TableSpec | Index, table: dict[str, Any], keyed: dict[str, Any] | None = None
) -> None:
    """`keyed` is the index, if it is not about the table itself."""
    found = (keyed or table)["KeySchema"]
    kinds = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    if found != schema(wanted) or any(kinds.get(key) != kind for key, kind in types(wanted).items()):
        keys = ", ".join(f"{each['AttributeName']} ({kinds[each['AttributeName']]})" for each in found)
        raise MigrationError(f"{name} is there already, with other keys: {keys}. Keys cannot be changed.")
