"""A line to storage that fails, in every way: a passing trouble of ours, after which the part can be sent again."""

import base64
import hashlib
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from api_gateway.adapters.aiohttp.storage import AiohttpStorage, open_session
from api_gateway.domain.errors import PartRefused
from api_gateway.domain.uploads import SignedPart
from chassis.errors import Unavailable
from local_stack.bucket import client as s3_client
from tests.contracts.api_gateway.test_storage import CONTENT, chunks
from tests.e2e.storm.http_line import HttpLine
from tests.e2e.storm.trouble import Fault, Weather
from tests.engines import S3Server

HARMLESS = {Fault.SLOW}


@pytest.fixture
async def line(s3_server: S3Server) -> AsyncIterator[HttpLine]:
    place = urlsplit(s3_server.endpoint)
    line = HttpLine("gateway > storage", (place.hostname or "", place.port or 0))
    yield line
    await line.close()


def signed(server: S3Server, endpoint: str, bucket: str) -> SignedPart:
    client: Any = s3_client(endpoint, server.app, server.region)
    checksum = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    facts = {"Bucket": bucket, "Key": "blob", "ContentLength": len(CONTENT), "ChecksumSHA256": checksum}
    url = client.generate_presigned_url("put_object", facts)
    client.close()
    return SignedPart(1, "PUT", url, {"x-amz-checksum-sha256": checksum}, len(CONTENT))


@pytest.mark.parametrize("fault", Fault)
async def test_whatever_a_line_does_to_a_part_it_can_be_sent_again(
    line: HttpLine, s3_server: S3Server, s3_bucket: str, fault: Fault
) -> None:
    part = signed(s3_server, f"http://127.0.0.1:{await line.open()}", s3_bucket)
    async with open_session(connections=8) as session:
        storage = AiohttpStorage(session)
        line.weather = Weather(random.Random(1), odds=1.0, kinds=(fault,), stall_seconds=0.2)
        if fault in HARMLESS:
            await storage.send(part, chunks(CONTENT))
        elif fault is Fault.CUT_ANSWER:
            with suppress(Unavailable):  # of an answer without a body nothing can be cut
                await storage.send(part, chunks(CONTENT))
        elif fault is Fault.HALF_CLOSED:
            # versitygw takes what it got for all there is, now and then: the answer says what to do.
            with pytest.raises((Unavailable, PartRefused)) as trouble:
                await storage.send(part, chunks(CONTENT))
            assert "again" in trouble.value.detail
        else:
            with pytest.raises(Unavailable):
                await storage.send(part, chunks(CONTENT))
        assert line.weather.happened == {fault: 1}

        line.weather.calm()
        with suppress(Unavailable):  # over the connection that was spoiled
            await storage.send(part, chunks(CONTENT))
        await storage.send(part, chunks(CONTENT))
