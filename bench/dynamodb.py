"""What a request to DynamoDB costs: ours beside aiobotocore's client, with the same rows, on the same engine.

`python -m bench.dynamodb`. Figures are calls per second and the client's own CPU; the best of several rounds in turns.
"""

import asyncio
import os
import secrets
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import aioboto3
import boto3
import uvloop
from aiobotocore.config import AioConfig

from chassis.dynamodb import DynamoDB, Table, not_exists
from chassis.dynamodb.transport import open_transport
from migrations.tables import Attribute, Engine, TableSpec
from tests.engines import REGION, dynamodb_url, start_dynamodb

ROUNDS, AT_ONCE, DEADLINE_SECONDS = 5, 16, 60.0


@dataclass(frozen=True, slots=True)
class Content:
    blobid: str
    size: int
    type: str
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """As long as a row of a listing."""

    folderid: str
    entry_key: str
    updated_key: str
    id: str
    name: str
    revision: int
    seq: int
    created_at: int
    updated_at: int
    current: Content


class BotoTransport:
    """aiobotocore's client as it comes, but without its checks of parameters and its retries."""

    def __init__(self, client: Any) -> None:
        methods = client.meta.method_to_api_mapping.items()
        self._methods = {operation: getattr(client, method) for method, operation in methods}

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self._methods[operation](**request)
        return answer


def entry(folder: str, number: int) -> Entry:
    content = Content(secrets.token_hex(16), number, "image/jpeg", secrets.token_hex(32))
    name = f"picture {number}.jpg"
    key = f"file {number:05}"
    return Entry(folder, key, key, secrets.token_hex(16), name, 1, number, 10**12, 10**12, content)


def workloads(db: DynamoDB, table: Table[Entry]) -> dict[str, tuple[int, Callable[[], Awaitable[object]]]]:
    """What is done, and how often per round."""

    def transaction(size: int) -> Awaitable[object]:
        folder = secrets.token_hex(4)
        return db.transact(
            [table.putting(entry(folder, each), not_exists("folderid")) for each in range(size)]
        )

    return {
        "GetItem": (400, lambda: table.get("full", "file 00007")),
        "PutItem": (400, lambda: table.put(entry(secrets.token_hex(4), 1))),
        "Query, 100 rows": (48, lambda: table.query("full", limit=100)),
        "Query, 1000 rows": (16, lambda: table.query("full", limit=1000)),
        "transaction of 5": (100, lambda: transaction(5)),
        "transaction of 98": (16, lambda: transaction(98)),
    }


async def round_of(count: int, work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Calls per second, and seconds of this process's CPU per call."""

    async def worker() -> None:
        for _ in range(count // AT_ONCE):
            await work()

    started, cpu = perf_counter(), process_time()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(worker())
    done = count // AT_ONCE * AT_ONCE
    return done / (perf_counter() - started), (process_time() - cpu) / done


async def measure(endpoint: str) -> None:
    config = AioConfig(max_pool_connections=64, parameter_validation=False, retries={"total_max_attempts": 1})
    async with AsyncExitStack() as stack:
        session = aioboto3.Session()
        client = session.client("dynamodb", endpoint_url=endpoint, region_name=REGION, config=config)
        boto = BotoTransport(await stack.enter_async_context(client))
        http = open_transport(endpoint=endpoint, region=REGION, max_connections=64)
        dbs = {"ours": DynamoDB(await stack.enter_async_context(http), deadline_seconds=DEADLINE_SECONDS)}
        dbs["boto"] = DynamoDB(boto, deadline_seconds=DEADLINE_SECONDS)
        tables = {
            name: Table(db, "entries", Entry, partition_key="folderid", sort_key="entry_key")
            for name, db in dbs.items()
        }
        for first in range(0, 1000, 100):
            rows = [tables["ours"].putting(entry("full", each)) for each in range(first, first + 100)]
            await dbs["ours"].transact(rows)
        works = {name: workloads(db, tables[name]) for name, db in dbs.items()}
        for title in works["ours"]:
            rounds: dict[str, list[tuple[float, float]]] = {"ours": [], "boto": []}
            for _ in range(ROUNDS):
                for name in rounds:
                    rounds[name].append(await round_of(*works[name][title]))
            report(title, *(best(each) for each in rounds.values()))


def best(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    return max(each[0] for each in rounds), min(each[1] for each in rounds)


def report(title: str, ours: tuple[float, float], boto: tuple[float, float]) -> None:
    print(
        f"dynamodb  {title:18}  ours {ours[0]:7,.0f}/s {ours[1] * 1e3:7.2f} ms CPU"
        f"  aiobotocore {boto[0]:7,.0f}/s {boto[1] * 1e3:7.2f} ms CPU"
        f"  ratio {ours[0] / boto[0]:.1f}  CPU {boto[1] / ours[1]:.1f}"
    )


def main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    with tempfile.TemporaryDirectory() as folder, start_dynamodb(Path(folder)) as process:
        endpoint = dynamodb_url(process)
        client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION)
        table = TableSpec("entries", Attribute("folderid"), Attribute("entry_key"))
        Engine(client, "", lambda _: None).ensure_table(table)
        uvloop.run(measure(endpoint))


if __name__ == "__main__":
    main()
