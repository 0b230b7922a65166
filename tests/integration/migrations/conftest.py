from typing import Any

import boto3
import pytest

from migrations.tables import Engine
from tests.engines import REGION


def engine_of(endpoint: str, prefix: str) -> Engine:
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    return Engine(client, prefix, lambda _: None)


@pytest.fixture
def engine(dynamodb_endpoint: str, table_prefix: str) -> Engine:
    return engine_of(dynamodb_endpoint, table_prefix)


def tables_of(engine: Engine) -> dict[str, dict[str, Any]]:
    """What there is below the prefix, by name without it: keys, types, indexes and expiry."""
    found = {}
    for page in engine.client.get_paginator("list_tables").paginate():
        for name in page["TableNames"]:
            if name.startswith(engine.prefix):
                found[name.removeprefix(engine.prefix)] = _shape(engine, name)
    return found


def _shape(engine: Engine, name: str) -> dict[str, Any]:
    table = engine.client.describe_table(TableName=name)["Table"]
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}

    def keys(schema: list[dict[str, str]]) -> list[str]:
        return [f"{each['AttributeName']}:{types[each['AttributeName']]}" for each in schema]

    expiry = engine.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return {
        "status": table["TableStatus"],
        "keys": keys(table["KeySchema"]),
        "indexes": {
            index["IndexName"]: (
                index["IndexStatus"],
                *keys(index["KeySchema"]),
                index["Projection"]["ProjectionType"],
            )
            for index in table.get("GlobalSecondaryIndexes", [])
        },
        "ttl": expiry.get("AttributeName"),
    }
