"""Upload and metadata service in this process, as they are served: over mutual TLS, on the real engines.

The user service is as far there as the two see it: it publishes keys.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

import file_metadata_service.bootstrap as metadata_bootstrap
import file_upload_service.bootstrap as upload_bootstrap
from chassis.consul import Instance
from chassis.rpc.channels import RemoteCall, ServiceChannel
from chassis.rpc.policy import Rpc
from chassis.rpc.server import RpcServer
from chassis.service import Build, Service
from chassis.tls import Certificates
from file_metadata_service.settings import MetadataSettings
from file_upload_service.settings import UploadSettings
from stowage.metadata.v1.metadata_pb2_grpc import NodeServiceStub
from stowage.upload.v1 import upload_pb2 as pb
from stowage.upload.v1.upload_pb2_grpc import UploadServiceStub
from stowage.user.v1.user_pb2 import GetSigningKeysRequest, GetSigningKeysResponse
from stowage.user.v1.user_pb2_grpc import KeyServiceServicer, add_KeyServiceServicer_to_server
from tests.contracts.file_upload_service.engines import make_tables
from tests.engines import S3Server
from tests.fakes.resolver import InMemoryResolver
from tests.fakes.token_keys import TokenKeys

EVERYBODY = frozenset({"file-metadata-service", "file-upload-service", "api-gateway"})
METADATA = "file-metadata-service"
SECRET = SecretStr("a secret of the tests, long enough")


class Keys(KeyServiceServicer):
    def __init__(self, keys: TokenKeys) -> None:
        self._keys = keys

    async def GetSigningKeys(  # noqa: N802 - the proto says so
        self, request: GetSigningKeysRequest, context: Any
    ) -> GetSigningKeysResponse:
        return GetSigningKeysResponse(jwks_json=await self._keys.fetch())


class Client:
    """Every rpc of the upload service, as one person, and what they see in their drive."""

    def __init__(self, uploads: ServiceChannel, metadata: ServiceChannel, token: str) -> None:
        self.token = token

        def bind(multicallable: Any, channel: ServiceChannel = uploads) -> Callable[..., Any]:
            call: RemoteCall[Any, Any] = channel.unary(multicallable, timeout_seconds=30, idempotent=True)
            return lambda request: call(request, token=token)

        self.start = bind(lambda it: UploadServiceStub(it).StartUpload)
        self.use_known = bind(lambda it: UploadServiceStub(it).UseKnown)
        self.sign = bind(lambda it: UploadServiceStub(it).SignParts)
        self.report = bind(lambda it: UploadServiceStub(it).ReportParts)
        self.get_tail = bind(lambda it: UploadServiceStub(it).GetTail)
        self.sign_segment = bind(lambda it: UploadServiceStub(it).SignSegment)
        self.append_tail = bind(lambda it: UploadServiceStub(it).AppendTail)
        self.complete = bind(lambda it: UploadServiceStub(it).CompleteUpload)
        self.abort = bind(lambda it: UploadServiceStub(it).AbortUpload)
        self.start_bundle = bind(lambda it: UploadServiceStub(it).StartBundle)
        self.complete_bundle = bind(lambda it: UploadServiceStub(it).CompleteBundle)
        self.abort_bundle = bind(lambda it: UploadServiceStub(it).AbortBundle)
        self.get = bind(lambda it: UploadServiceStub(it).GetUpload)
        self.list = bind(lambda it: UploadServiceStub(it).ListUploads)
        self.sign_download = bind(lambda it: UploadServiceStub(it).SignDownload)
        self.sign_downloads = bind(lambda it: UploadServiceStub(it).SignDownloads)
        self.get_node = bind(lambda it: NodeServiceStub(it).GetNode, metadata)
        self.get_drive = bind(lambda it: NodeServiceStub(it).GetDrive, metadata)
        self.trash = bind(lambda it: NodeServiceStub(it).TrashNode, metadata)

    async def download(self, node_id: str) -> httpx.Response:
        signed = await self.sign_download(pb.SignDownloadRequest(node_id=node_id))
        async with httpx.AsyncClient() as client:
            return await client.get(signed.url)


@dataclass
class Rig:
    """`upload()` serves one more instance of the upload service."""

    settings: dict[str, Any]
    upload_settings: UploadSettings
    resolver: InMemoryResolver
    stack: AsyncExitStack
    keys: TokenKeys = field(default_factory=TokenKeys)
    metadata_instance: Instance | None = None
    upload_instances: list[Instance] = field(default_factory=list)

    async def upload(self, **settings: Any) -> ServiceChannel:
        """A channel to a new instance, with some settings changed."""
        mine = self.upload_settings.model_copy(update=settings)
        instance = await serving(
            self.stack, upload_bootstrap.NAME, mine, upload_bootstrap.build, self.resolver
        )
        self.upload_instances.append(instance)
        return self.channel(upload_bootstrap.NAME, instance)

    def person(self, uploads: ServiceChannel, account_id: str = "") -> Client:
        account_id = account_id or secrets.token_hex(16)
        return Client(uploads, self.metadata, self.keys.token(sub=account_id))

    def channel(self, service: str, *instances: Instance, caller: str = "api-gateway") -> ServiceChannel:
        resolver = InMemoryResolver()
        resolver.set(service, *instances)
        channel = ServiceChannel(
            service, resolver, Certificates(self.settings["tls_dir"], caller).channel_credentials()
        )
        self.stack.push_async_callback(channel.close)
        return channel

    @property
    def metadata(self) -> ServiceChannel:
        assert self.metadata_instance is not None
        return self.channel(METADATA, self.metadata_instance)

    def take_metadata_away(self) -> None:
        """Nobody listens where it is said to be."""
        self.resolver.set(METADATA, Instance("gone", "127.0.0.1", 9))

    def bring_metadata_back(self) -> None:
        assert self.metadata_instance is not None
        self.resolver.set(METADATA, self.metadata_instance)


async def serving(
    stack: AsyncExitStack, name: str, settings: Any, build: Build[Any], resolver: InMemoryResolver
) -> Instance:
    """Serves until the stack closes; ready when this returns."""
    mine = await stack.enter_async_context(AsyncExitStack())
    service: Service[Any] = Service(name, settings, mine, resolver)
    stack.push_async_callback(service.stop_work)
    server = await build(service)
    port = await server.start()
    stack.push_async_callback(server.drain, 0)
    ready = asyncio.Event()
    service.health.on_change(lambda now: ready.set() if now else None)
    async with asyncio.timeout(20):
        await ready.wait()
    return Instance(f"{name}-{port}", "127.0.0.1", port)


def users_of(keys: TokenKeys, tls_dir: Path) -> RpcServer:
    """The user service, as far as others need it."""
    return RpcServer(
        certificates=Certificates(tls_dir, "user-service"),
        policy={"/stowage.user.v1.KeyService/GetSigningKeys": Rpc(EVERYBODY, token=False)},
        register=lambda it: add_KeyServiceServicer_to_server(Keys(keys), it),
        verifier=None,
    )


@asynccontextmanager
async def open_rig(
    endpoint: str, prefix: str, server: S3Server, bucket: str, tls_dir: Path
) -> AsyncIterator[Rig]:
    for service in ("file_upload_service", "file_metadata_service"):
        make_tables(endpoint, prefix, service)
    common = {
        "table_prefix": prefix,
        "dynamodb_endpoint": endpoint,
        "tls_dir": tls_dir,
        "id_secret": SECRET,
        "consul_http_addr": "http://127.0.0.1:9",  # nobody is there: every instance sweeps
    }
    upload_settings = UploadSettings(
        **common,
        s3_bucket=bucket,
        s3_region=server.region,
        s3_endpoint=server.endpoint,
        s3_access_key_id=SecretStr(server.app.access_key_id),
        s3_secret_access_key=SecretStr(server.app.secret_access_key),
    )
    async with AsyncExitStack() as stack:
        rig = Rig(common, upload_settings, InMemoryResolver(), stack)
        users = users_of(rig.keys, tls_dir)
        rig.resolver.set("user-service", Instance("users", "127.0.0.1", await users.start()))
        stack.push_async_callback(users.drain, 0)
        metadata = await serving(
            stack, METADATA, MetadataSettings(**common), metadata_bootstrap.build, rig.resolver
        )
        rig.metadata_instance = metadata
        rig.bring_metadata_back()
        yield rig
