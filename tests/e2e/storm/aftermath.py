"""What must hold when the storm is over."""

import asyncio
import sys
from typing import Any

import boto3

from file_upload_service.domain.ids import TRIALS_PREFIX
from local_stack.composition import BUCKET, REGION
from local_stack.stack import Stack
from local_stack.vault import Vault
from tests.e2e.storm.sender import Sender

_PATIENCE_SECONDS = 240.0


async def fsck(stack: Stack) -> None:
    """The commands themselves, side by side: over all drives, and over all that storage holds, however young."""
    commands = {
        "file_metadata_service": ("fsck",),
        "file_upload_service": ("fsck", "--older-than-hours", "0"),
    }
    async with asyncio.TaskGroup() as group:
        for service, words in commands.items():
            group.create_task(_clean(stack, service, words))


async def _clean(stack: Stack, service: str, words: tuple[str, ...]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", service, *words, env=stack.env(service),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, f"{service} {words}: {out.decode()}"


async def all_forgotten(stack: Stack) -> None:
    """Every upload has ended, its bytes were freed or became a file, and its row is gone: the sweeper did it."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await asyncio.to_thread(rows_left, stack):  # noqa: ASYNC110  # another process tells nobody
            await asyncio.sleep(0.5)


def rows_left(stack: Stack) -> list[str]:
    """What the upload service's table holds; once that is nothing, every account's budget is whole again."""
    items = _scan(stack)
    counters = [it for it in items if it["uploadid"]["S"].startswith("budget#")]
    rows = [f"{it['uploadid']['S']} {it.get('state', {}).get('S', '')}" for it in items if it not in counters]
    if not rows:
        assert all(it["open_uploads"]["N"] == "0" for it in counters), counters
    return rows


async def no_trial_left(stack: Stack) -> None:
    """What was put for a trial, at a start that was killed, is gone as well."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await asyncio.to_thread(_trials_left, stack):  # noqa: ASYNC110  # another process tells nobody
            await asyncio.sleep(0.5)


def _trials_left(stack: Stack) -> bool:
    env = stack.env("file_upload_service")
    client = boto3.client(
        "s3", endpoint_url=env["S3_ENDPOINT"], region_name=REGION,
        aws_access_key_id=Vault(stack.home.secrets).credentials("file-upload-service/s3").access_key_id,
        aws_secret_access_key=Vault(stack.home.secrets).credentials("file-upload-service/s3").secret_access_key,
    )  # fmt: skip
    try:
        held = client.list_objects_v2(Bucket=BUCKET, Prefix=TRIALS_PREFIX).get("Contents", [])
        begun = client.list_multipart_uploads(Bucket=BUCKET, Prefix=TRIALS_PREFIX).get("Uploads", [])
        return bool(held or begun)
    finally:
        client.close()


def _scan(stack: Stack) -> list[dict[str, Any]]:
    env = stack.env("file_upload_service")
    client = boto3.client(
        "dynamodb", endpoint_url=env["DYNAMODB_ENDPOINT"], region_name=REGION,
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"], aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )  # fmt: skip
    try:
        pages = client.get_paginator("scan").paginate(TableName="stowage_upload_parts", ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]
    finally:
        client.close()


async def tree_of(sender: Sender, folder_id: str = "root", path: str = "") -> dict[str, str]:
    """All files below a folder: path to id."""
    found: dict[str, str] = {}
    answer = await sender.say("GET", f"/folders/{folder_id}/entries?limit=1000")
    for item in answer.json()["items"]:
        if item["kind"] == "folder":
            found |= await tree_of(sender, item["id"], f"{path}{item['name']}/")
        else:
            found[f"{path}{item['name']}"] = item["id"]
    return found
