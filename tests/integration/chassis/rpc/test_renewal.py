"""Certificates and authorities that are replaced while calls go on: both ends take them over, no call fails."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import grpc
import pytest

from chassis.consul import Instance
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.link import Link
from chassis.rpc.policy import Rpc
from chassis.rpc.server import RpcServer
from chassis.tls import Certificates
from local_stack.pki import ensure_certificates, renew_certificates, roll_authority
from tests.chassis_rig import CALLER, METHOD, SERVICE, registering, running, say
from tests.fakes.resolver import InMemoryResolver

NAMES = (SERVICE, CALLER)
STREAMS = 4


async def echo(request: bytes) -> bytes:
    return request


def server(certificates: Certificates, *, connection_seconds: float = 1800) -> RpcServer:
    return RpcServer(
        certificates=certificates,
        policy={METHOD: Rpc(callers=frozenset({CALLER}), token=False)},
        register=registering(echo),
        verifier=None,
        connection_seconds=connection_seconds,
    )


class Ends:
    """A service and its caller, each with its view of one folder of certificates."""

    def __init__(self, folder: Path, resolver: InMemoryResolver) -> None:
        self.folder = folder
        self.serving, self.calling = Certificates(folder, SERVICE), Certificates(folder, CALLER)
        self.channel = ServiceChannel(
            SERVICE, resolver, self.calling.channel_credentials(), drain_seconds=5, jitter=lambda: 0.0
        )
        self.calling.on_change(lambda: self.channel.renew(self.calling.channel_credentials()))
        self.instance = Instance("", "", 0)
        self._answered = 0
        self._progress = asyncio.Condition()

    @property
    def link(self) -> Link:
        (link,) = self.channel.links._by_address.values()
        return link

    async def serving_looks(self) -> None:
        await self.serving.check()

    async def calling_looks(self) -> None:
        """Until calls go over a connection that was made with what it found."""
        before = self.link
        await self.calling.check()
        while self.link is before:
            await self.more_calls(1)

    async def more_calls(self, count: int = 50) -> None:
        wanted = self._answered + count
        async with self._progress:
            await self._progress.wait_for(lambda: self._answered >= wanted)

    async def count_call(self) -> None:
        async with self._progress:
            self._answered += 1
            self._progress.notify_all()


@asynccontextmanager
async def both_ends(folder: Path) -> AsyncIterator[Ends]:
    ensure_certificates(folder, NAMES)
    resolver = InMemoryResolver()
    ends = Ends(folder, resolver)
    async with running(server(ends.serving)) as ends.instance:
        resolver.set(SERVICE, ends.instance)
        async with streams_of_calls(ends):
            await ends.more_calls()
            yield ends
            await ends.more_calls()
    await ends.channel.close()


@asynccontextmanager
async def streams_of_calls(ends: Ends) -> AsyncIterator[None]:
    """Fails if one of them does: nothing is retried."""
    call = say(ends.channel, idempotent=False)
    enough = asyncio.Event()

    async def stream() -> None:
        while not enough.is_set():
            assert await call(b"x") == b"x"
            await ends.count_call()

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for _ in range(STREAMS):
            group.create_task(stream())
        yield
        enough.set()


@contextmanager
def former(folder: Path, keep: Path) -> Iterator[Path]:
    """What somebody holds who copied the files before they were replaced."""
    for file in folder.iterdir():
        (keep / file.name).write_bytes(file.read_bytes())
    yield keep


async def connects(instance: Instance, folder: Path) -> bool:
    credentials = Certificates(folder, CALLER).channel_credentials()
    options = (("grpc.ssl_target_name_override", SERVICE), ("grpc.use_local_subchannel_pool", 1))
    async with grpc.aio.secure_channel(f"{instance.host}:{instance.port}", credentials, options) as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(METHOD)
        code = await call(b"", timeout=5).code()
    assert code in (grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE)
    return code is grpc.StatusCode.OK


@pytest.mark.parametrize("first", ["serving", "calling"])
async def test_new_certificates_are_taken_over_and_no_call_fails(tmp_path: Path, first: str) -> None:
    async with both_ends(tmp_path) as ends:
        renew_certificates(tmp_path, NAMES)
        looks = [ends.serving_looks, ends.calling_looks]
        for look in looks if first == "serving" else looks[::-1]:
            await look()
            await ends.more_calls()


async def test_an_authority_is_replaced_and_no_call_fails(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    loop = asyncio.get_running_loop()
    async with both_ends(tmp_path) as ends:

        async def look() -> None:
            # The caller first: the worse order, for it may trust a new authority before the server does.
            await ends.calling_looks()
            await ends.serving_looks()
            await ends.more_calls()

        def settle() -> None:
            asyncio.run_coroutine_threadsafe(look(), loop).result(20)

        with former(tmp_path, tmp_path_factory.mktemp("former")) as stolen:
            assert await connects(ends.instance, stolen)
            await asyncio.to_thread(roll_authority, tmp_path, NAMES, settle=settle)
            assert await connects(ends.instance, tmp_path)
            await look()
            (stolen / "ca.pem").write_bytes((tmp_path / "ca.pem").read_bytes())
            assert not await connects(ends.instance, stolen)
            assert await connects(ends.instance, tmp_path)


async def test_certificates_that_the_other_end_does_not_take_cost_no_call(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An operator's mistake: a certificate of an authority that nobody else trusts yet."""
    async with both_ends(tmp_path) as ends:
        strangers = tmp_path_factory.mktemp("strangers")
        ensure_certificates(strangers, [CALLER])
        files = [tmp_path / f"{CALLER}.{kind}" for kind in ("pem", "key")]
        kept = {file: file.read_bytes() for file in files}
        for file in kept:
            file.write_bytes((strangers / file.name).read_bytes())
        before = ends.link
        await ends.calling.check()
        await ends.more_calls(500)
        assert ends.link is before
        for file, content in kept.items():
            file.write_bytes(content)
        await ends.calling_looks()


async def test_files_in_the_middle_of_being_replaced_change_nothing(tmp_path: Path) -> None:
    async with both_ends(tmp_path) as ends:
        key = tmp_path / f"{SERVICE}.key"
        content = key.read_bytes()
        for half in (b"", content[:100], (tmp_path / f"{CALLER}.key").read_bytes()):
            key.write_bytes(half)
            await ends.serving.check()
            assert await connects(ends.instance, tmp_path)
        key.unlink()
        await ends.serving.check()
        assert await connects(ends.instance, tmp_path)


async def test_connections_are_made_anew_before_they_are_old_and_no_call_fails(tmp_path: Path) -> None:
    """So what a certificate was when it was shown matters for half an hour at most; here, 50 ms."""
    ensure_certificates(tmp_path, NAMES)
    resolver = InMemoryResolver()
    ends = Ends(tmp_path, resolver)
    async with running(server(ends.serving, connection_seconds=0.05)) as instance:
        resolver.set(SERVICE, instance)
        async with streams_of_calls(ends):
            for _ in range(5):
                while ends.link._channel.get_state() is not grpc.ChannelConnectivity.IDLE:
                    await ends.more_calls(1)
                await ends.more_calls()
    await ends.channel.close()
