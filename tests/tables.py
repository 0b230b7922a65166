"""The tables of a service, fresh, for one test or for some that keep apart."""

import os
from typing import Any

from migrations.history import migrate_up
from migrations.tables import Engine


def make(client: Any, prefix: str, service: str) -> None:
    """Below that prefix; `client` is boto3's."""
    migrate_up(Engine(client, prefix, lambda _: None), service)
    if os.environ.get("ENGINE") == "dynamodb-local":
        _let_rows_stay(client, prefix)


def _let_rows_stay(client: Any, prefix: str) -> None:
    """DynamoDB Local has ten threads for all that goes on behind requests. Every table whose rows expire takes one for
    ever, schedulers have three: from the eighth such table on no index that is added to a table is ever filled. No
    test waits for the engine to drop a row.
    """
    pages = client.get_paginator("list_tables").paginate()
    for name in (name for page in pages for name in page["TableNames"] if name.startswith(prefix)):
        said = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if said.get("TimeToLiveStatus") == "ENABLED":
            wanted = {"Enabled": False, "AttributeName": said["AttributeName"]}
            client.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)
