"""A table on the real engine, with the keys, indexes and types that the services' tables have."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import boto3
import pytest

from chassis.dynamodb import DynamoDB, Index, Table, open_dynamodb
from migrations.tables import Attribute, Engine, TableSpec
from migrations.tables import Index as IndexSpec
from tests.engines import REGION
from tests.faults import Faults

AWS_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}

DUE = Index("due", "due_shard", "due_at")
KEYS_BY_OWNER = Index("owner", "owner")


@dataclass(frozen=True, slots=True)
class Row:
    shelf: str
    number: int
    title: str = ""
    pages: int = 0
    data: bytes | None = None
    owner: str | None = None
    due_shard: str | None = None
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class RowKeys:
    """What a KEYS_ONLY index shows."""

    shelf: str
    number: int
    owner: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A place of its own in the table, so that tests keep apart."""

    name: str
    db: DynamoDB
    table: Table[Row]
    keys: Table[RowKeys]
    faults: Faults

    def row(self, number: int, **rest: object) -> Row:
        return Row(self.name, number, **rest)  # type: ignore[arg-type]  # the fields of Row


@pytest.fixture(scope="session")
def rows_table(dynamodb_endpoint: str) -> str:
    prefix = f"t{secrets.token_hex(4)}_"
    client = boto3.client("dynamodb", endpoint_url=dynamodb_endpoint, region_name=REGION, **AWS_KEYS)
    Engine(client, prefix, lambda _: None).ensure_table(
        TableSpec(
            "rows",
            Attribute("shelf"),
            Attribute("number", "N"),
            (
                IndexSpec("due", Attribute("due_shard"), Attribute("due_at", "N")),
                IndexSpec("owner", Attribute("owner"), projection="KEYS_ONLY"),
            ),
        )
    )
    return f"{prefix}rows"


@pytest.fixture
async def shelf(dynamodb_endpoint: str, rows_table: str) -> AsyncIterator[Shelf]:
    faults = Faults()
    async with open_dynamodb(endpoint=dynamodb_endpoint, region=REGION, wrap=faults.wrap) as db:
        yield Shelf(
            secrets.token_hex(4),
            db,
            Table(db, rows_table, Row, partition_key="shelf", sort_key="number"),
            Table(db, rows_table, RowKeys, partition_key="shelf", sort_key="number"),
            faults,
        )
