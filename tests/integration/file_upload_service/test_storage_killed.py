"""The S3 server is killed (-9) while it puts parts together; what it had acknowledged makes the right file."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from file_upload_service.domain.layout import MIB
from file_upload_service.domain.transfer import Reach
from file_upload_service.domain.upload import UploadState
from tests.engines import S3Server, start_s3
from tests.fakes.upload_world import ADA, claim, new_upload
from tests.integration.file_upload_service.real_world import RealWorld, open_world

pytestmark = pytest.mark.judged_once

PARTS = 40


@pytest.fixture
async def world(dynamodb_endpoint: str, table_prefix: str, own_s3: S3Server) -> AsyncIterator[RealWorld]:
    async with open_world(dynamodb_endpoint, table_prefix, own_s3, own_s3.new_bucket()) as opened:
        yield opened


@pytest.fixture
def own_s3(tmp_path: Path) -> Iterator[S3Server]:
    server = start_s3(tmp_path)
    with server.process:
        yield server


@pytest.mark.parametrize("kill_after_seconds", [0.03, 0.12])
async def test_a_server_killed_in_the_middle_of_completing_loses_nothing(
    world: RealWorld, own_s3: S3Server, kill_after_seconds: float
) -> None:
    body = bytes(range(256)) * (8 * MIB // 256)
    upload = await world.instance().start(new_upload(PARTS * len(body)))
    claims = [claim(number, body) for number in range(1, PARTS + 1)]
    signed = await world.instance().sign_parts(ADA, upload.id, claims, Reach.PUBLIC)
    for part in signed.parts:
        await world.put(part, body)

    completing = asyncio.create_task(world.instance().complete(upload.id))
    await asyncio.sleep(kill_after_seconds)
    await asyncio.to_thread(own_s3.process.kill)
    # The instance finds its server gone; it may be that it had just finished.
    waiting = await completing
    assert waiting.state in {UploadState.ASSEMBLING, UploadState.COMMITTED}
    await asyncio.to_thread(own_s3.process.start)
    for _ in range(20):
        await world.clock.advance(timedelta(minutes=1))
        await world.instance().sweep()

    done = await world.uploads.get(ADA.account_id, upload.id)
    assert done.state is UploadState.COMMITTED
    found = hashlib.sha256(await world.body_of(upload)).hexdigest()
    assert found == hashlib.sha256(body * PARTS).hexdigest()
