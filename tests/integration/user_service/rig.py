"""Instances of user_service in this process, called as the gateway calls them: over mutual TLS."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chassis.consul import Instance
from chassis.errors import Kind, RemoteError
from chassis.rpc.channels import RemoteCall, ServiceChannel
from chassis.service import Service
from chassis.tls import Certificates
from stowage.user.v1 import user_pb2 as pb
from stowage.user.v1.user_pb2_grpc import AccountServiceStub, KeyServiceStub, SessionServiceStub
from tests.fakes.resolver import InMemoryResolver
from tests.faults import Faults
from user_service.bootstrap import NAME, build
from user_service.settings import UserSettings

PASSWORD = "correct horse battery staple"
# argon2id, but quick.
QUICK = {"argon2_memory_kib": 64, "argon2_passes": 1, "argon2_threads": 1}


class Client:
    """Every rpc of user_service; `caller` is whose certificate it shows. Nothing is retried by itself."""

    def __init__(self, channel: ServiceChannel) -> None:
        def bind(multicallable: Any) -> RemoteCall[Any, Any]:
            return channel.unary(multicallable, timeout_seconds=20, idempotent=False)

        self.register = bind(lambda it: AccountServiceStub(it).Register)
        self.get_account = bind(lambda it: AccountServiceStub(it).GetAccount)
        self.update_account = bind(lambda it: AccountServiceStub(it).UpdateAccount)
        self.change_password = bind(lambda it: AccountServiceStub(it).ChangePassword)
        self.sign_in = bind(lambda it: SessionServiceStub(it).SignIn)
        self.refresh = bind(lambda it: SessionServiceStub(it).Refresh)
        self.check_session = bind(lambda it: SessionServiceStub(it).CheckSession)
        self.prolong_access = bind(lambda it: SessionServiceStub(it).ProlongAccess)
        self.list_sessions = bind(lambda it: SessionServiceStub(it).ListSessions)
        self.end_session = bind(lambda it: SessionServiceStub(it).EndSession)
        self.get_signing_keys = bind(lambda it: KeyServiceStub(it).GetSigningKeys)

    async def new_person(self) -> "Person":
        """Registers somebody nobody has met."""
        person = Person(self, f"{secrets.token_hex(8)}@example.com")
        person.account = (await self.register(person.registration(), token="")).account
        return person


@dataclass(slots=True)
class Person:
    """Somebody with an account; `address` keeps them apart in the throttle."""

    client: Client
    email: str
    password: str = PASSWORD
    account: pb.Account = field(default_factory=pb.Account)
    address: str = field(default_factory=lambda: f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.1")

    def registration(self, *, command_id: str = "key-1", password: str = "") -> pb.RegisterRequest:
        return pb.RegisterRequest(
            command_id=command_id,
            email=self.email,
            password=password or self.password,
            display_name="Ada",
            client_address=self.address,
        )

    def credentials(self, *, password: str = "", device: str = "laptop") -> pb.SignInRequest:
        return pb.SignInRequest(
            email=self.email,
            password=password or self.password,
            device=device,
            client_address=self.address,
        )

    def new_password(self, new: str, *, current: str = "") -> pb.ChangePasswordRequest:
        return pb.ChangePasswordRequest(
            current_password=current or self.password, new_password=new, client_address=self.address
        )

    async def sign_in(self, *, device: str = "laptop") -> pb.Tokens:
        answer = await self.client.sign_in(self.credentials(device=device), token="")
        tokens: pb.Tokens = answer.tokens
        return tokens


@dataclass(frozen=True, slots=True)
class Running:
    """One instance. `faults` go wrong between it and DynamoDB."""

    client: Client
    faults: Faults
    service: Service[UserSettings]
    instance: Instance


@asynccontextmanager
async def running(settings: UserSettings) -> AsyncIterator[Running]:
    """Serves until the block ends; ready when it is entered."""
    faults, resolver = Faults(), InMemoryResolver()
    async with AsyncExitStack() as stack:
        service = Service(NAME, settings, stack, resolver)
        try:
            server = await build(service, wrap=faults.wrap)
            port = await server.start()
            stack.push_async_callback(server.drain, 0)
            await ready(service)
            instance = Instance(f"one-{port}", "127.0.0.1", port)
            async with calling(settings.tls_dir, instance) as client:
                yield Running(client, faults, service, instance)
        finally:
            await service.stop_work()


@asynccontextmanager
async def calling(tls_dir: Path, instance: Instance, *, caller: str = "api-gateway") -> AsyncIterator[Client]:
    resolver = InMemoryResolver()
    resolver.set(NAME, instance)
    channel = ServiceChannel(NAME, resolver, Certificates(tls_dir, caller).channel_credentials())
    try:
        yield Client(channel)
    finally:
        await channel.close()


async def ready(service: Service[UserSettings], *, within_seconds: float = 20) -> None:
    """Waits until the service calls itself ready."""
    is_ready = asyncio.Event()
    service.health.on_change(lambda now: is_ready.set() if now else None)
    async with asyncio.timeout(within_seconds):
        await is_ready.wait()


def refused(kind: Kind, code: str) -> "pytest.RaisesExc[RemoteError]":
    """Expects a refusal that travelled."""
    return pytest.RaisesExc(RemoteError, check=lambda error: (error.kind, error.code) == (kind, code))
