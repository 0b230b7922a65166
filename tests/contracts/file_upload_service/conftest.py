"""The real engines beside the fakes: each contract runs on both."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from file_upload_service.adapters.system.clock import SystemClock
from tests.contracts.file_upload_service.engines import (
    Storage,
    Tables,
    make_tables,
    open_storage,
    open_tables,
)
from tests.engines import S3Server
from tests.fakes.upload_bundles import InMemoryBundleRepository
from tests.fakes.upload_integrity import InMemoryInventory, InMemoryUploadPresence
from tests.fakes.upload_object_store import InMemoryObjectStore, InMemoryUrlSigner
from tests.fakes.upload_repository import InMemoryTails, InMemoryUploadRepository


@pytest.fixture(scope="session")
def upload_tables(dynamodb_endpoint: str) -> str:
    """A prefix below which the table is; tests keep apart by their accounts and ids."""
    prefix = f"t{secrets.token_hex(4)}_"
    make_tables(dynamodb_endpoint, prefix)
    return prefix


@pytest.fixture
async def real_tables(
    dynamodb_endpoint: str, upload_tables: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tables]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    async with open_tables(dynamodb_endpoint, upload_tables) as tables:
        yield tables


@pytest.fixture(params=["fake", "real"])
def tables(request: pytest.FixtureRequest) -> Tables:
    if request.param == "fake":
        memory = InMemoryUploadRepository()
        bundles = InMemoryBundleRepository(memory.open_count)
        presence = InMemoryUploadPresence(memory)
        return Tables(memory, memory, InMemoryTails(memory), memory, presence, bundles, bundles)
    return request.getfixturevalue("real_tables")  # type: ignore[no-any-return]


@pytest.fixture
async def real_storage(s3_server: S3Server, s3_bucket: str) -> AsyncIterator[Storage]:
    async with open_storage(s3_server, s3_bucket) as storage:
        yield storage


@pytest.fixture(params=["fake", "real"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "fake":
        memory = InMemoryObjectStore()
        signer = InMemoryUrlSigner(SystemClock())
        return Storage(memory, signer, memory.send, InMemoryInventory(memory))
    real: Any = request.getfixturevalue("real_storage")
    return real  # type: ignore[no-any-return]
