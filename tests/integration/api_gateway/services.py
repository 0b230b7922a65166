"""The three services as the gateway meets them: real gRPC, real policies, answers that the test writes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message

from chassis import rpc
from chassis.consul import Instance
from chassis.errors import DomainError
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.policy import Policy
from chassis.rpc.server import Register, RpcServer
from chassis.tls import Certificates
from chassis.tokens import TokenVerifier
from file_metadata_service.adapters.rpc.policy import POLICY as METADATA
from file_upload_service.adapters.rpc.policy import POLICY as UPLOADS
from stowage.metadata.v1 import changes_pb2_grpc, metadata_pb2_grpc
from stowage.upload.v1 import upload_pb2_grpc
from stowage.user.v1 import user_pb2_grpc
from tests.fakes.resolver import InMemoryResolver
from tests.fakes.token_keys import TokenKeys
from user_service.adapters.rpc.policy import POLICY as USERS

ADDERS: dict[str, tuple[Callable[..., None], ...]] = {
    "user-service": (
        user_pb2_grpc.add_AccountServiceServicer_to_server,
        user_pb2_grpc.add_SessionServiceServicer_to_server,
        user_pb2_grpc.add_KeyServiceServicer_to_server,
    ),
    "file-metadata-service": (
        metadata_pb2_grpc.add_NodeServiceServicer_to_server,
        metadata_pb2_grpc.add_BlobServiceServicer_to_server,
        changes_pb2_grpc.add_ChangeServiceServicer_to_server,
    ),
    "file-upload-service": (upload_pb2_grpc.add_UploadServiceServicer_to_server,),
}
POLICIES: dict[str, Policy] = {
    "user-service": USERS,
    "file-metadata-service": METADATA,
    "file-upload-service": UPLOADS,
}


@dataclass
class Answering:
    """A servicer for every method there is. `calls`: (method, request, bearer) as they came."""

    answers: dict[str, Message | DomainError] = field(default_factory=dict)
    calls: list[tuple[str, Any, str]] = field(default_factory=list)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if not method[0].isupper():
            raise AttributeError(method)

        async def handle(request: Message, _context: Any) -> Message:
            self.calls.append((method, request, rpc.bearer()))
            answer = self.answers[method]
            if isinstance(answer, DomainError):
                raise answer
            return answer

        return handle

    def registering(self, service: str) -> Register:
        def register(server: grpc.aio.Server) -> None:
            for add in ADDERS[service]:
                add(self, server)

        return register


@asynccontextmanager
async def answered(
    service: str, answering: Answering, tls_dir: Path, keys: TokenKeys
) -> AsyncIterator[ServiceChannel]:
    """The gateway's channel to a service that answers so."""
    server = RpcServer(
        certificates=Certificates(tls_dir, service),
        policy=POLICIES[service],
        register=answering.registering(service),
        verifier=TokenVerifier(keys.fetch),
    )
    port = await server.start()
    resolver = InMemoryResolver()
    channel = ServiceChannel(
        service, resolver, Certificates(tls_dir, "api-gateway").channel_credentials(), jitter=lambda: 0.0
    )
    resolver.set(service, Instance("one", "127.0.0.1", port))
    try:
        yield channel
    finally:
        await channel.close()
        await server.drain(0)
