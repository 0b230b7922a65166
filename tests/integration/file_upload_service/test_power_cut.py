"""Files that were acknowledged a moment before the power goes."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.engines import S3Server, start_s3
from tests.integration.file_upload_service.disk import Disk, a_disk
from tests.integration.file_upload_service.rig import Client, Rig, open_rig
from tests.integration.file_upload_service.steps import MIB, uploaded
from tests.integration.file_upload_service.test_fsck_command import run

BODIES = [secrets.token_bytes(10_000), secrets.token_bytes(9 * MIB), b""]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with a_disk(tmp_path) as made:
        yield made


@pytest.fixture
def server(disk: Disk) -> Iterator[S3Server]:
    started = start_s3(disk.mounted)
    with started.process:
        yield started


@pytest.fixture
async def own_rig(
    dynamodb_endpoint: str, table_prefix: str, server: S3Server, tls_dir: Path
) -> AsyncIterator[Rig]:
    async with open_rig(dynamodb_endpoint, table_prefix, server, server.new_bucket(), tls_dir) as opened:
        yield opened


async def upload_all(person: Client) -> list[str]:
    done = [await uploaded(person, body, name=f"{number}") for number, body in enumerate(BODIES)]
    return [answer.upload.node_id for answer in done]


async def cut_power(disk: Disk, server: S3Server) -> None:
    def cut() -> None:
        disk.cut_power()
        server.process.kill()
        disk.come_back()
        server.process.start()

    await asyncio.to_thread(cut)


@pytest.mark.judged_once
async def test_they_are_all_there_byte_by_byte(own_rig: Rig, disk: Disk, server: S3Server) -> None:
    ada = own_rig.person(await own_rig.upload(s3_flush_directory=disk.mounted))
    node_ids = await upload_all(ada)

    await cut_power(disk, server)

    assert [(await ada.download(node_id)).content for node_id in node_ids] == BODIES
    assert (await run(own_rig))[:2] == (0, [])


async def test_they_would_be_lost_if_nobody_flushed(own_rig: Rig, disk: Disk, server: S3Server) -> None:
    """So the test before this one could fail."""
    ada = own_rig.person(await own_rig.upload())
    disk.settle()
    await upload_all(ada)

    await cut_power(disk, server)

    code, found, _ = await run(own_rig)
    assert (code, {line.partition(":")[0] for line in found}) == (1, {"object_missing"})
    assert len(found) == len(BODIES)
