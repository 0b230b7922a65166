"""The three services as the gateway meets them: real gRPC, real policies, answers that the test writes."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import grpc
from google.protobuf.message import Message

import stowage.metadata.v1
import stowage.upload.v1
import stowage.user.v1
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
from tests.fakes.resolver import InMemoryResolver
from tests.fakes.token_keys import TokenKeys
from user_service.adapters.rpc.policy import POLICY as USERS


def _adders(package: ModuleType) -> tuple[Callable[..., None], ...]:
    """Of every service that the protos of a package have."""
    names = [module.name for module in iter_modules(package.__path__) if module.name.endswith("_pb2_grpc")]
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(
        getattr(module, name)
        for module in modules
        for name in dir(module)
        if name.startswith("add_") and name.endswith("_to_server")
    )


ADDERS: dict[str, tuple[Callable[..., None], ...]] = {
    "user-service": _adders(stowage.user.v1),
    "file-metadata-service": _adders(stowage.metadata.v1),
    "file-upload-service": _adders(stowage.upload.v1),
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
