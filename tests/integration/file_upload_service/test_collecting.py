"""Bytes that no version is made of any more, from the real metadata service to the real storage."""

import asyncio
import time

import boto3
import pytest

from file_metadata_service.domain.blobs import UNREFERENCED_MS
from tests.contracts.file_upload_service.engines import AWS_KEYS
from tests.engines import REGION, S3Server
from tests.integration.file_upload_service.rig import Client, Rig
from tests.integration.file_upload_service.steps import uploaded

pytestmark = pytest.mark.judged_once


async def test_they_go_and_no_others(
    rig: Rig, ada: Client, s3_server: S3Server, s3_bucket: str, dynamodb_endpoint: str, table_prefix: str
) -> None:
    kept = await uploaded(ada, b"kept", name="kept")
    let_go = await uploaded(ada, b"let go", name="let go")
    tables = boto3.client("dynamodb", endpoint_url=dynamodb_endpoint, region_name=REGION, **AWS_KEYS)
    long_ago = int(time.time() * 1000) - 2 * UNREFERENCED_MS

    # As it stands a day after the last version of it was deleted.
    tables.update_item(
        TableName=f"{table_prefix}blobs",
        Key={"blobid": {"S": let_go.upload.id}},
        UpdateExpression="SET #r = :none, zero_shard = :shard, zero_since = :long_ago",
        ExpressionAttributeNames={"#r": "references"},
        ExpressionAttributeValues={
            ":none": {"N": "0"},
            ":shard": {"S": let_go.upload.id[:1]},
            ":long_ago": {"N": str(long_ago)},
        },
    )
    # An instance that starts looks at once.
    await rig.upload()

    async with asyncio.timeout(30):
        while await asyncio.to_thread(state_of, tables, table_prefix, let_go.upload.id) != "gone":  # noqa: ASYNC110  # another process tells nobody
            await asyncio.sleep(0.1)
    held = {each["Key"] for each in s3_server.client().list_objects_v2(Bucket=s3_bucket)["Contents"]}
    assert {key.rsplit("/", 1)[1] for key in held} == {kept.upload.id}
    assert state_of(tables, table_prefix, kept.upload.id) == "live"


def state_of(tables: object, table_prefix: str, blob_id: str) -> str:
    row = tables.get_item(TableName=f"{table_prefix}blobs", Key={"blobid": {"S": blob_id}})  # type: ignore[attr-defined]  # boto3 has no types
    return str(row["Item"]["state"]["S"])
