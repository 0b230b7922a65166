"""How long requests take and how they end, by operation and table."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from prometheus_client import Histogram

from chassis.tracing import CLIENT, span

_SECONDS = Histogram(
    "stowage_dynamodb_seconds",
    "Requests to DynamoDB, retries each for itself; without table: those that span tables",
    ("operation", "table", "outcome"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
# labels() takes a lock and builds a tuple each time; there are few triples.
_seconds_of = cache(lambda operation, table, outcome: _SECONDS.labels(operation, table, outcome).observe)


@contextmanager
def measured(operation: str, request: dict[str, Any]) -> Iterator[None]:
    """The outcome is "OK" or the name of the exception."""
    started = time.perf_counter()
    outcome = "OK"
    table = request.get("TableName", "")
    about = {"db.system.name": "aws.dynamodb", "db.operation.name": operation, "db.collection.name": table}
    with span(f"dynamodb {operation}", CLIENT, about):
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            _seconds_of(operation, table, outcome)(time.perf_counter() - started)
