"""Worlds on the real engines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chassis.rpc.channels import ServiceChannel
from tests.engines import S3Server
from tests.integration.file_upload_service.real_world import RealWorld, open_world
from tests.integration.file_upload_service.rig import Client, Rig, open_rig


@pytest.fixture
async def world(
    dynamodb_endpoint: str, table_prefix: str, s3_server: S3Server, s3_bucket: str
) -> AsyncIterator[RealWorld]:
    async with open_world(dynamodb_endpoint, table_prefix, s3_server, s3_bucket) as opened:
        yield opened


@pytest.fixture
async def rig(
    dynamodb_endpoint: str, table_prefix: str, s3_server: S3Server, s3_bucket: str, tls_dir: Path
) -> AsyncIterator[Rig]:
    async with open_rig(dynamodb_endpoint, table_prefix, s3_server, s3_bucket, tls_dir) as opened:
        yield opened


@pytest.fixture
async def uploads(rig: Rig) -> ServiceChannel:
    """One instance of the service."""
    return await rig.upload()


@pytest.fixture
def ada(rig: Rig, uploads: ServiceChannel) -> Client:
    return rig.person(uploads)
