"""Discovery on a real agent."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.consul import ConsulRegistration, ConsulResolver, Instance
from chassis.consul_client import ConsulClient
from chassis.health import Health, HealthServer
from tests.engines import consul_address, start_consul

Seen = asyncio.Queue[tuple[Instance, ...]]


@pytest.fixture
def service() -> str:
    """A name of its own for each test, since they share an agent."""
    return f"keeper-{uuid4().hex[:8]}"


class Keeper:
    """One instance: its health port, and its registration kept in the background."""

    def __init__(self, address: str, service: str, name: str = "one", *, every_seconds: float = 0.1) -> None:
        self.health = Health()
        self.instance = Instance(f"{service}-{name}", "127.0.0.1", 4711)
        self._address = address
        self._service = service
        self._every_seconds = every_seconds
        self._health_server = HealthServer(self.health, instance_id=self.instance.id)

    @asynccontextmanager
    async def registered(self) -> AsyncIterator[ConsulRegistration]:
        registration = ConsulRegistration(
            self._address,
            service=self._service,
            instance=self.instance,
            health_port=await self._health_server.start("127.0.0.1", 0),
            every_seconds=self._every_seconds,
        )
        keeping = asyncio.create_task(registration.keep())
        try:
            yield registration
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._health_server.stop()


@asynccontextmanager
async def watching(address: str, service: str) -> AsyncIterator[Seen]:
    seen: Seen = asyncio.Queue()
    resolver = ConsulResolver(address)
    resolver.watch(service, seen.put_nowait)
    try:
        yield seen
    finally:
        await resolver.close()


async def until(seen: Seen, condition: Callable[[tuple[Instance, ...]], bool]) -> tuple[Instance, ...]:
    async with asyncio.timeout(30):
        while not condition(instances := await seen.get()):
            pass
        return instances


async def test_a_registered_instance_is_found_where_it_takes_calls(consul_addr: str, service: str) -> None:
    keeper = Keeper(consul_addr, service)
    async with watching(consul_addr, service) as seen, keeper.registered():
        assert await until(seen, bool) == (keeper.instance,)


async def test_an_instance_that_is_not_ready_is_off_the_list_until_it_is(
    consul_addr: str, service: str
) -> None:
    keeper = Keeper(consul_addr, service)
    async with watching(consul_addr, service) as seen, keeper.registered():
        await until(seen, bool)
        keeper.health.set_ready("dynamodb", False)
        await until(seen, lambda instances: not instances)
        keeper.health.set_ready("dynamodb", True)
        assert await until(seen, bool) == (keeper.instance,)


async def test_an_instance_that_the_agent_forgot_registers_again(consul_addr: str, service: str) -> None:
    # Seldom enough that who watches sees it gone.
    keeper = Keeper(consul_addr, service, every_seconds=2)
    async with watching(consul_addr, service) as seen, keeper.registered():
        await until(seen, bool)
        with ConsulClient(consul_addr, timeout_seconds=5) as client:
            client.deregister(keeper.instance.id)
        await until(seen, lambda instances: not instances)
        assert await until(seen, bool) == (keeper.instance,)


async def test_a_restart_on_the_same_port_is_asked_at_its_new_health_port(
    consul_addr: str, service: str
) -> None:
    async with watching(consul_addr, service) as seen:
        async with Keeper(consul_addr, service).registered():
            await until(seen, bool)
        await until(seen, lambda instances: not instances)  # nobody deregistered it
        async with Keeper(consul_addr, service).registered():
            assert await until(seen, bool)


async def test_who_leaves_stays_away_even_while_registration_is_kept(consul_addr: str, service: str) -> None:
    keeper = Keeper(consul_addr, service)
    async with watching(consul_addr, service) as seen, keeper.registered() as registration:
        await until(seen, bool)
        await registration.leave()
        assert await asyncio.to_thread(registration._assert) is False
        await until(seen, lambda instances: not instances)


async def test_two_instances_are_listed_in_order(consul_addr: str, service: str) -> None:
    two, one = Keeper(consul_addr, service, "two"), Keeper(consul_addr, service, "one")
    async with watching(consul_addr, service) as seen, two.registered(), one.registered():
        instances = await until(seen, lambda instances: len(instances) == 2)
    assert instances == (one.instance, two.instance)


async def test_closing_does_not_wait_for_a_query_that_waits(consul_addr: str, service: str) -> None:
    resolver = ConsulResolver(consul_addr)
    heard = asyncio.Event()
    resolver.watch(service, lambda _instances: heard.set())
    await heard.wait()  # from here on it waits for a change
    started = time.perf_counter()
    await resolver.close()
    assert time.perf_counter() - started < 2
    assert not [each for each in threading.enumerate() if each.name == f"consul-watch-{service}"]


async def test_consul_goes_away_and_comes_back(tmp_path: Path, service: str) -> None:
    process = await asyncio.to_thread(start_consul, tmp_path)
    address = consul_address(process)
    keeper, second = Keeper(address, service), Keeper(address, service, "two")
    with process:
        async with watching(address, service) as seen, keeper.registered():
            await until(seen, bool)
            process.kill()
            async with second.registered():  # it starts while Consul is away, and waits
                await asyncio.to_thread(process.start)
                instances = await until(seen, lambda instances: len(instances) == 2)
    assert instances == (keeper.instance, second.instance)


async def test_while_consul_is_away_the_last_list_stands(tmp_path: Path, service: str) -> None:
    process = await asyncio.to_thread(start_consul, tmp_path)
    address = consul_address(process)
    keeper = Keeper(address, service)
    with process:
        async with watching(address, service) as seen, keeper.registered():
            await until(seen, bool)
            process.kill()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.5):
                    await seen.get()


async def test_a_consul_that_lost_its_data_is_told_again(tmp_path: Path, service: str) -> None:
    process = await asyncio.to_thread(start_consul, tmp_path)
    address = consul_address(process)
    keeper, second = Keeper(address, service), Keeper(address, service, "two")
    with process:
        async with watching(address, service) as seen, keeper.registered():
            await until(seen, bool)
            process.kill()
            process.engine.folder.rename(tmp_path / "lost")
            await asyncio.to_thread(process.start)
            async with second.registered():
                instances = await until(seen, lambda instances: len(instances) == 2)
    assert instances == (keeper.instance, second.instance)


async def test_a_watch_asks_once_and_then_waits_up_to_ten_seconds_for_a_change(service: str) -> None:
    questions: asyncio.Queue[str] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                questions.put_nowait(head.split(b" ")[1].decode())
                if b"index=" not in head:
                    writer.write(b"HTTP/1.1 200 OK\r\nX-Consul-Index: 7\r\nContent-Length: 2\r\n\r\n[]")
        writer.close()

    agent = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = agent.sockets[0].getsockname()[1]
    async with agent, watching(f"http://127.0.0.1:{port}", service) as seen:
        assert await seen.get() == ()
        assert await questions.get() == f"/v1/health/service/{service}?passing=1"
        assert await questions.get() == f"/v1/health/service/{service}?index=7&wait=10s&passing=1"
    assert questions.empty()
