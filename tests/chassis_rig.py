"""A service of one method, `/test.Echo/Say`, served and called as the real ones are: mutual TLS on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc

from chassis.consul import Instance
from chassis.rpc.channels import RemoteCall, ServiceChannel
from chassis.rpc.interceptors import Verifier
from chassis.rpc.policy import Rpc
from chassis.rpc.server import Register, RpcServer
from chassis.tls import Certificates
from tests.fakes.resolver import InMemoryResolver

METHOD = "/test.Echo/Say"
SERVICE = "user-service"
CALLER = "api-gateway"
Say = Callable[[bytes], Awaitable[bytes]]


class EchoStub:
    """What protoc would generate."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.Say: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(METHOD)


def registering(say: Say) -> Register:
    """What `add_EchoServicer_to_server` would do."""

    async def handler(request: bytes, _context: Any) -> bytes:
        return await say(request)

    def register(server: grpc.aio.Server) -> None:
        handlers = {"Say": grpc.unary_unary_rpc_method_handler(handler)}
        server.add_registered_method_handlers("test.Echo", handlers)

    return register


def echo_server(
    tls_dir: Path,
    say: Say,
    *,
    service: str = SERVICE,
    token: bool = False,
    verifier: Verifier | None = None,
    port: int = 0,
) -> RpcServer:
    return RpcServer(
        certificates=Certificates(tls_dir, service),
        policy={METHOD: Rpc(callers=frozenset({CALLER}), token=token)},
        register=registering(say),
        verifier=verifier,
        port=port,
    )


@asynccontextmanager
async def running(server: RpcServer, instance_id: str = "one") -> AsyncIterator[Instance]:
    port = await server.start()
    try:
        yield Instance(instance_id, "127.0.0.1", port)
    finally:
        await server.drain(0)


@asynccontextmanager
async def calling(
    tls_dir: Path, resolver: InMemoryResolver, *, caller: str = CALLER, service: str = SERVICE
) -> AsyncIterator[ServiceChannel]:
    channel = ServiceChannel(
        service,
        resolver,
        Certificates(tls_dir, caller).channel_credentials(),
        drain_seconds=5,
        jitter=lambda: 0.0,
    )
    try:
        yield channel
    finally:
        await channel.close()


def say(
    channel: ServiceChannel, *, timeout_seconds: float = 5.0, idempotent: bool = True
) -> RemoteCall[bytes, bytes]:
    return channel.unary(lambda it: EchoStub(it).Say, timeout_seconds=timeout_seconds, idempotent=idempotent)
