"""What an operator runs beside the service, with the service's own settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.consul import ConsulResolver, Resolver
from chassis.dynamodb import DynamoError, open_dynamodb
from chassis.errors import Unavailable
from chassis.rpc.channels import ServiceChannel
from chassis.tls import Certificates
from file_upload_service.adapters.dynamodb.upload_presence import DynamoUploadPresence
from file_upload_service.adapters.rpc.blob_census import RpcBlobCensus
from file_upload_service.adapters.s3.connection import Bucket, open_client
from file_upload_service.adapters.s3.errors import StorageRefusal
from file_upload_service.adapters.s3.inventory import S3Inventory
from file_upload_service.adapters.s3.object_store import S3ObjectStore
from file_upload_service.adapters.system.clock import SystemClock
from file_upload_service.adapters.terminal.fsck_report import FsckReport, PlaceInvalid, load_place
from file_upload_service.app.integrity.fsck import Fsck, FsckPorts
from file_upload_service.app.integrity.strays import Care
from file_upload_service.bootstrap.service import NAME
from file_upload_service.bootstrap.storage import session_of
from file_upload_service.settings import UploadSettings

METADATA = "file-metadata-service"
FIND_SECONDS = 20.0
CONNECTIONS = 16


async def fsck(settings: UploadSettings, *, care: Care, resume_from: str | None) -> int:
    """Holds the bucket against the tables; the exit code. A metadata service has to run; uploads may go on."""
    token = settings.consul_http_token.get_secret_value()
    resolver = ConsulResolver(settings.consul_http_addr, token=token)
    try:
        return await inspect(settings, resolver, FsckReport(), care=care, resume_from=resume_from)
    finally:
        await resolver.close()


async def inspect(
    settings: UploadSettings, resolver: Resolver, report: FsckReport, *, care: Care, resume_from: str | None
) -> int:
    """The same, told whom to ask where the metadata service is."""
    try:
        resume = load_place(resume_from) if resume_from else None
        async with fsck_ports(settings, resolver) as ports:
            return await report.follow(Fsck(ports, care).everything(resume))
    except PlaceInvalid:
        return report.stopped("that is no place to go on from.")
    except (Unavailable, DynamoError) as error:
        return report.stopped(str(error))
    except StorageRefusal as error:
        return report.stopped(f"the storage refuses: {error}")
    except asyncio.CancelledError:
        report.stopped("by you.")
        raise


@asynccontextmanager
async def fsck_ports(settings: UploadSettings, resolver: Resolver) -> AsyncIterator[FsckPorts]:
    """Raises Unavailable if no metadata service is found."""
    bucket = Bucket(settings.s3_bucket, settings.s3_region, settings.s3_endpoint)
    credentials = Certificates(settings.tls_dir, NAME).channel_credentials()
    metadata = ServiceChannel(METADATA, resolver, credentials)
    try:
        await _found(metadata)
        async with (
            open_dynamodb(endpoint=settings.dynamodb_endpoint, region=settings.aws_region) as db,
            open_client(session_of(settings), bucket, connections=CONNECTIONS) as client,
        ):
            yield FsckPorts(
                census=RpcBlobCensus(metadata),
                uploads=DynamoUploadPresence(db, settings.table_prefix),
                inventory=S3Inventory(client, bucket.name),
                store=S3ObjectStore(client, bucket.name),
                clock=SystemClock(),
            )
    finally:
        await metadata.close()


async def _found(metadata: ServiceChannel) -> None:
    somebody = asyncio.Event()
    metadata.links.on_change(lambda count: somebody.set() if count else None)
    try:
        async with asyncio.timeout(FIND_SECONDS):
            await somebody.wait()
    except TimeoutError:
        raise Unavailable("no metadata service is found in Consul.") from None
