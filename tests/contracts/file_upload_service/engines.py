"""The real adapters on the real engines, for tests."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import boto3
import httpx

from chassis.dynamodb import open_dynamodb
from file_upload_service.adapters.dynamodb.bundles import SHARD_PREFIX, DynamoBundleRepository
from file_upload_service.adapters.dynamodb.cursor import UploadCursors
from file_upload_service.adapters.dynamodb.due_uploads import DynamoDueUploads
from file_upload_service.adapters.dynamodb.parts import DynamoPartRepository
from file_upload_service.adapters.dynamodb.tails import DynamoTailRepository
from file_upload_service.adapters.dynamodb.upload_presence import DynamoUploadPresence
from file_upload_service.adapters.dynamodb.uploads import DynamoUploadRepository
from file_upload_service.adapters.s3.connection import Bucket, new_session, open_client
from file_upload_service.adapters.s3.inventory import S3Inventory
from file_upload_service.adapters.s3.object_store import S3ObjectStore
from file_upload_service.adapters.s3.url_signer import S3UrlSigner
from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.domain.transfer import SignedPart
from file_upload_service.ports.bundles import BundleRepository
from file_upload_service.ports.due_uploads import DueUploads
from file_upload_service.ports.inventory import Inventory
from file_upload_service.ports.object_store import ObjectStore
from file_upload_service.ports.parts import PartRepository
from file_upload_service.ports.tails import TailRepository
from file_upload_service.ports.upload_presence import UploadPresence
from file_upload_service.ports.uploads import UploadRepository
from file_upload_service.ports.url_signer import UrlSigner
from tests import tables
from tests.engines import REGION, S3Server
from tests.fakes.upload_object_store import SentInVain
from tests.faults import Faults

AWS_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


KEYS_A_PAGE = 2


@dataclass(frozen=True, slots=True)
class Tables:
    """`faults` go wrong between the real ones and the engine."""

    uploads: UploadRepository
    parts: PartRepository
    tails: TailRepository
    due_uploads: DueUploads
    presence: UploadPresence
    bundles: BundleRepository
    due_bundles: DueUploads
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True, slots=True)
class Storage:
    store: ObjectStore
    signer: UrlSigner
    send: Callable[[SignedPart, bytes], str]
    inventory: Inventory


def make_tables(endpoint: str, prefix: str, service: str = "file_upload_service") -> None:
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION, **AWS_KEYS)
    try:
        tables.make(client, prefix, service)
    finally:
        client.close()


@asynccontextmanager
async def open_tables(endpoint: str, prefix: str) -> AsyncIterator[Tables]:
    faults = Faults()
    async with open_dynamodb(endpoint=endpoint, region=REGION, wrap=faults.wrap) as db:
        yield Tables(
            DynamoUploadRepository(db, prefix, UploadCursors(b"a secret of the tests")),
            DynamoPartRepository(db, prefix),
            DynamoTailRepository(db, prefix),
            DynamoDueUploads(db, prefix),
            DynamoUploadPresence(db, prefix),
            DynamoBundleRepository(db, prefix),
            DynamoDueUploads(db, prefix, shard_prefix=SHARD_PREFIX),
            faults,
        )


@asynccontextmanager
async def open_storage(server: S3Server, bucket_name: str) -> AsyncIterator[Storage]:
    session = new_session(server.app.access_key_id, server.app.secret_access_key)
    bucket = Bucket(bucket_name, server.region, server.endpoint)
    signer = S3UrlSigner(session, public=bucket, internal=bucket, clock=SystemClock())
    async with open_client(session, bucket, connections=16) as client:
        inventory = S3Inventory(client, bucket_name, keys_a_page=KEYS_A_PAGE)
        yield Storage(S3ObjectStore(client, bucket_name), signer, send_over_http, inventory)


def send_over_http(signed: SignedPart, body: bytes) -> str:
    """What a client does with a URL, whatever body it has. Answers the ETag, raises SentInVain."""
    headers = signed.headers | {"Content-Length": str(len(body))}
    answer = httpx.put(signed.url, content=body, headers=headers)
    if answer.status_code != 200:
        raise SentInVain(answer.status_code)
    return answer.headers["ETag"]
