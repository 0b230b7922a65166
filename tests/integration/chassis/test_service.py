"""A whole service: how it starts with things missing, and how it goes down."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chassis import rpc
from chassis.consul import ConsulResolver, Instance
from chassis.errors import Unavailable
from chassis.rpc.channels import ServiceChannel
from chassis.rpc.context import enter_call
from chassis.rpc.policy import Rpc
from chassis.rpc.server import RpcServer
from chassis.service import Server, Service, serve
from chassis.settings import ServiceSettings
from chassis.telemetry import bind_request_id, current_request_id
from chassis.tls import Certificates
from local_stack.pki import ensure_certificates, renew_certificates
from tests.chassis_rig import CALLER, METHOD, SERVICE, registering, say
from tests.chassis_rig import running as listening
from tests.fakes.token_keys import TokenKeys

NOWHERE = "http://127.0.0.1:1"
REQUEST_ID = "0123456789abcdef0123456789abcdef"


class Doors:
    """A Server that writes down how the service stood when it was told to drain."""

    def __init__(self, service: Service[ServiceSettings], happened: list[str]) -> None:
        self._service = service
        self._happened = happened

    async def start(self) -> int:
        self._happened.append("listening")
        return 4711

    async def drain(self, grace_seconds: float) -> None:
        self._happened.append("drained while " + ", ".join(self._service.health.missing().values()))


class Running:
    """A service in this process; `furnish` is what its `build` does besides opening the doors."""

    def __init__(self, furnish: Callable[[Service[ServiceSettings]], object], tls_dir: Path | None) -> None:
        self._furnish = furnish
        self._settings = ServiceSettings(consul_http_addr=NOWHERE, tls_dir=tls_dir or Path())
        self._built = asyncio.Event()
        self.happened: list[str] = []
        self.stop = asyncio.Event()

    async def serve(self) -> None:
        await serve(SERVICE, self._settings, self._build, until=self.stop, lame_duck_seconds=0)

    async def _build(self, service: Service[ServiceSettings]) -> Server:
        self.service = service
        self._furnish(service)
        self._built.set()
        return Doors(service, self.happened)

    async def until(self, *, ready: bool) -> None:
        await self._built.wait()
        reached = asyncio.Event()
        self.service.health.on_change(lambda now: reached.set() if now is ready else None)
        async with asyncio.timeout(20):
            await reached.wait()


@asynccontextmanager
async def serving(
    furnish: Callable[[Service[ServiceSettings]], object], tls_dir: Path | None = None
) -> AsyncIterator[Running]:
    running = Running(furnish, tls_dir)
    task = asyncio.create_task(running.serve())
    yield running
    assert not task.done()
    running.stop.set()
    await task


async def test_a_service_without_consul_and_keys_stays_up_says_so_and_recovers() -> None:
    keys = TokenKeys()
    keys.away = True
    async with serving(lambda service: service.verifier(keys.fetch)) as running:
        await running.until(ready=False)
        assert set(running.service.health.missing()) == {"token_keys"}
        keys.away = False
        await running.until(ready=True)


async def test_a_dependency_that_comes_back_makes_the_service_ready() -> None:
    present = asyncio.Event()

    async def ping() -> None:
        if not present.is_set():
            raise Unavailable("DynamoDB does not answer.")

    async with serving(lambda service: service.probe("dynamodb", ping)) as running:
        await running.until(ready=False)
        present.set()
        await running.until(ready=True)


async def test_a_service_that_requires_another_waits_for_an_instance_of_it(tls_dir: Path) -> None:
    def furnish(service: Service[ServiceSettings]) -> None:
        service.channel("file-metadata-service", required=True)

    async with serving(furnish, tls_dir) as running:
        await running.until(ready=False)
        missing = running.service.health.missing()
    assert missing == {"file-metadata-service": "no instance of file-metadata-service is known"}


async def test_new_certificates_reach_the_channels_of_a_service_that_runs(tmp_path: Path) -> None:
    names = (SERVICE, "file-metadata-service")
    ensure_certificates(tmp_path, names)
    channels: list[ServiceChannel] = []

    async def answer(request: bytes) -> bytes:
        return request

    called = RpcServer(
        certificates=Certificates(tmp_path, "file-metadata-service"),
        policy={METHOD: Rpc(callers=frozenset({SERVICE}), token=False)},
        register=registering(answer),
        verifier=None,
    )
    async with (
        listening(called) as instance,
        serving(
            lambda service: channels.append(service.channel("file-metadata-service")), tmp_path
        ) as running,
    ):
        await running.until(ready=True)
        (channel,) = channels
        channel.links.update((instance,))
        (before,) = channel.links._by_address.values()
        renew_certificates(tmp_path, names)
        await running.service.certificates.check()
        while before in channel.links._by_address.values():
            assert await say(channel, idempotent=False)(b"x") == b"x"


async def test_going_down_is_not_serving_then_drain_then_work_then_clients() -> None:
    happened: list[str] = []
    at_work = asyncio.Event()

    async def work() -> None:
        at_work.set()
        try:
            await asyncio.Event().wait()
        finally:
            happened.append("work cancelled")

    def furnish(service: Service[ServiceSettings]) -> None:
        service.stack.callback(happened.append, "client closed")
        service.start(work(), name="sweeper")

    async with serving(furnish) as running:
        running.happened = happened
        await at_work.wait()
    assert happened == ["listening", "drained while shutting down", "work cancelled", "client closed"]


async def test_background_work_keeps_the_request_id_of_the_call_that_asked_and_nothing_else() -> None:
    kept: list[object] = []
    done = asyncio.Event()

    async def work() -> None:
        kept.extend([current_request_id(), rpc.bearer(), rpc.remaining_seconds()])
        done.set()

    async with serving(lambda _service: None) as running:
        await running.until(ready=True)
        bind_request_id(REQUEST_ID)
        enter_call("api-gateway", 1.0)
        running.service.start(work(), name="assembling")
        await done.wait()
    assert kept == [REQUEST_ID, "", None]


async def test_background_work_that_dies_ends_the_service_in_order() -> None:
    async def work() -> None:
        raise LookupError("a mistake of ours")

    running = Running(lambda service: service.start(work(), name="sweeper"), None)
    with pytest.raises(SystemExit) as ended:
        await running.serve()
    assert ended.value.code == 1
    assert running.happened == ["listening", "drained while shutting down"]


# ---- the same as a process of its own, with its signal ----


def main() -> None:
    """The service that the test below starts: `python -m tests.integration.chassis.test_service`."""
    from chassis.service import run
    from chassis.settings import load

    async def take_time(request: bytes) -> bytes:
        await asyncio.sleep(float(request))
        return b"done"

    async def build(service: Service[ServiceSettings]) -> Server:
        policy = {METHOD: Rpc(callers=frozenset({CALLER}), token=False)}
        return service.rpc_server(policy=policy, register=registering(take_time), verifier=None)

    run(SERVICE, load(ServiceSettings), build)


@asynccontextmanager
async def process(consul_addr: str, tls_dir: Path, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as errors:
        started = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            env={**os.environ, "CONSUL_HTTP_ADDR": consul_addr, "STOWAGE_TLS_DIR": str(tls_dir)},
            stderr=errors,
        )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def test_sigterm_lets_calls_finish_and_no_call_fails_while_another_instance_serves(
    consul_addr: str, tls_dir: Path, tmp_path: Path
) -> None:
    log = tmp_path / "going.log"
    lists: asyncio.Queue[tuple[Instance, ...]] = asyncio.Queue()
    resolver = ConsulResolver(consul_addr)
    async with (
        process(consul_addr, tls_dir, log) as going,
        process(consul_addr, tls_dir, tmp_path / "staying.log"),
    ):
        channel = ServiceChannel(SERVICE, resolver, Certificates(tls_dir, CALLER).channel_credentials())
        resolver.watch(SERVICE, lists.put_nowait)
        async with asyncio.timeout(30):
            while len(await lists.get()) < 2:
                pass
        bind_request_id(REQUEST_ID)
        once = say(channel, idempotent=False, timeout_seconds=20)
        in_flight = [asyncio.create_task(once(b"2")) for _ in range(4)]
        answers = [await once(b"0") for _ in range(4)]
        going.send_signal(signal.SIGTERM)
        ended = asyncio.create_task(going.wait())
        while not ended.done():
            answers.append(await once(b"0"))
        assert set(answers) == {b"done"}
        assert await asyncio.gather(*in_flight) == [b"done"] * 4
        assert going.returncode == 0
        await channel.close()
        await resolver.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {line["request_id"] for line in lines if line["event"] == "rpc"} == {REQUEST_ID}
    events = [line["event"] for line in lines]
    assert [each for each in events if each in ("serving", "registered", "deregistered", "stopped")] == [
        "serving",
        "registered",
        "deregistered",
        "stopped",
    ]


if __name__ == "__main__":
    main()
