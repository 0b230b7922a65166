"""The real engines beside the fakes: each contract runs on both."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import httpx
import pytest

from chassis.dynamodb import open_dynamodb
from file_upload_service.adapters.dynamodb.due_uploads import DynamoDueUploads
from file_upload_service.adapters.dynamodb.parts import DynamoPartRepository
from file_upload_service.adapters.dynamodb.uploads import DynamoUploadRepository
from file_upload_service.adapters.s3.connection import Bucket, new_session, open_client
from file_upload_service.adapters.s3.object_store import S3ObjectStore
from file_upload_service.adapters.s3.url_signer import S3UrlSigner
from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.domain.transfer import SignedPart
from file_upload_service.ports.due_uploads import DueUploads
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.parts import PartRepository
from file_upload_service.ports.uploads import UploadRepository
from file_upload_service.ports.url_signer import UrlSigner
from migrations.history import migrate_up
from migrations.tables import Engine
from tests.engines import REGION, S3Server
from tests.fakes.upload_object_store import InMemoryObjectStore, InMemoryUrlSigner, SentInVain
from tests.fakes.upload_repository import InMemoryUploadRepository
from tests.faults import Faults

AWS_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@dataclass(frozen=True, slots=True)
class Tables:
    """`faults` go wrong between the real ones and the engine."""

    uploads: UploadRepository
    parts: PartRepository
    due_uploads: DueUploads
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True, slots=True)
class Storage:
    store: ObjectStore
    signer: UrlSigner
    send: Callable[[SignedPart, bytes], str]


@pytest.fixture(scope="session")
def upload_tables(dynamodb_endpoint: str) -> str:
    """A prefix below which the table is; tests keep apart by their accounts and ids."""
    prefix = f"t{secrets.token_hex(4)}_"
    client = boto3.client("dynamodb", endpoint_url=dynamodb_endpoint, region_name=REGION, **AWS_KEYS)
    migrate_up(Engine(client, prefix, lambda _: None), "file_upload_service")
    return prefix


@asynccontextmanager
async def open_tables(endpoint: str, prefix: str) -> AsyncIterator[Tables]:
    faults = Faults()
    async with open_dynamodb(endpoint=endpoint, region=REGION, wrap=faults.wrap) as db:
        yield Tables(
            DynamoUploadRepository(db, prefix),
            DynamoPartRepository(db, prefix),
            DynamoDueUploads(db, prefix),
            faults,
        )


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
        return Tables(memory, memory, memory)
    return request.getfixturevalue("real_tables")  # type: ignore[no-any-return]


@asynccontextmanager
async def open_storage(server: S3Server, bucket_name: str) -> AsyncIterator[Storage]:
    session = new_session(server.app.access_key_id, server.app.secret_access_key)
    bucket = Bucket(bucket_name, server.region, server.endpoint)
    signer = S3UrlSigner(session, public=bucket, internal=bucket, clock=SystemClock())
    async with open_client(session, bucket, connections=16) as client:
        yield Storage(S3ObjectStore(client, bucket_name), signer, send_over_http)


def send_over_http(signed: SignedPart, body: bytes) -> str:
    """What a client does with a URL, whatever body it has. Answers the ETag, raises SentInVain."""
    headers = signed.headers | {"Content-Length": str(len(body))}
    answer = httpx.put(signed.url, content=body, headers=headers)
    if answer.status_code != 200:
        raise SentInVain(answer.status_code)
    return answer.headers["ETag"]


@pytest.fixture
async def real_storage(s3_server: S3Server, s3_bucket: str) -> AsyncIterator[Storage]:
    async with open_storage(s3_server, s3_bucket) as storage:
        yield storage


@pytest.fixture(params=["fake", "real"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "fake":
        memory = InMemoryObjectStore()
        return Storage(memory, InMemoryUrlSigner(SystemClock()), memory.send)
    real: Any = request.getfixturevalue("real_storage")
    return real  # type: ignore[no-any-return]
