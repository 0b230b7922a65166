"""Instances of the use cases on the real DynamoDB engine and the real S3, beside a metadata service in memory.

Time is the test's; only S3 has a clock of its own.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import boto3

from file_upload_service.domain.policy import Policy
from file_upload_service.domain.transfer import Reach, SignedPart
from file_upload_service.domain.upload import Upload
from tests.contracts.file_upload_service.engines import (
    AWS_KEYS,
    Storage,
    Tables,
    make_tables,
    open_storage,
    open_tables,
)
from tests.engines import REGION, S3Server
from tests.fakes.upload_clock import FakeClock
from tests.fakes.upload_faults import Faults
from tests.fakes.upload_metadata import InMemoryMetadata
from tests.fakes.upload_unreferenced import InMemoryUnreferencedBlobs
from tests.fakes.upload_world import ADA, BOB, Instance, claim


class InMemoryDurability:
    async def flush(self) -> None:
        return


class RealWorld:
    """Has what Instance needs of a world."""

    def __init__(self, tables: Tables, storage: Storage, server: S3Server, bucket: str) -> None:
        self.policy = Policy()
        self.clock = FakeClock(datetime.now(UTC))
        self.uploads, self.parts, self.due_uploads = tables.uploads, tables.parts, tables.due_uploads
        self.tails = tables.tails
        self.bundles, self.due_bundles = tables.bundles, tables.due_bundles
        self.store, self.signer, self.send = storage.store, storage.signer, storage.send
        self.metadata = InMemoryMetadata()
        self.unreferenced = InMemoryUnreferencedBlobs()
        self.durability = InMemoryDurability()
        self.metadata.add_account(ADA.account_id, ADA.token)
        self.metadata.add_account(BOB.account_id, BOB.token)
        self._ids = itertools.count(1)
        self._s3, self._bucket = server.client(), bucket

    def new_id(self) -> str:
        return f"{next(self._ids):032x}"

    def instance(self, faults: Faults | None = None) -> Instance:
        return Instance(self, faults or Faults())

    async def put(self, signed: SignedPart, body: bytes) -> str:
        return await asyncio.to_thread(self.send, signed, body)

    async def send_all(self, upload: Upload, *bodies: bytes) -> None:
        claims = [claim(number, body) for number, body in enumerate(bodies, 1)]
        signed = await self.instance().sign_parts(ADA, upload.id, claims, Reach.PUBLIC)
        for part, body in zip(signed.parts, bodies, strict=True):
            await self.put(part, body)

    async def what_s3_holds(self) -> tuple[set[str], list[str]]:
        """Keys of objects and of open multipart uploads."""
        listed = await asyncio.to_thread(self._s3.list_objects_v2, Bucket=self._bucket)
        opened = await asyncio.to_thread(self._s3.list_multipart_uploads, Bucket=self._bucket)
        return (
            {each["Key"] for each in listed.get("Contents", [])},
            [each["Key"] for each in opened.get("Uploads", [])],
        )

    async def body_of(self, upload: Upload) -> bytes:
        def read() -> bytes:
            body: bytes = self._s3.get_object(Bucket=self._bucket, Key=upload.key)["Body"].read()
            return body

        return await asyncio.to_thread(read)

    def close(self) -> None:
        self._s3.close()


@asynccontextmanager
async def open_world(endpoint: str, prefix: str, server: S3Server, bucket: str) -> AsyncIterator[RealWorld]:
    make_tables(endpoint, prefix)
    async with open_tables(endpoint, prefix) as tables, open_storage(server, bucket) as storage:
        world = RealWorld(tables, storage, server, bucket)
        try:
            yield world
        finally:
            world.close()


def rows_left(endpoint: str, prefix: str) -> list[str]:
    """Sort keys of everything in the table but the counters of open uploads, which must say zero."""
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION, **AWS_KEYS)
    try:
        items = client.scan(TableName=f"{prefix}upload_parts", ConsistentRead=True)["Items"]
    finally:
        client.close()
    counters = [item for item in items if item["uploadid"]["S"].startswith("budget#")]
    assert all(item["open_uploads"]["N"] == "0" for item in counters)
    return [item["userid"]["S"] for item in items if item not in counters]
