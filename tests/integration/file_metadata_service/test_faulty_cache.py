"""Redis stopped, emptied, slow, or cut from one instance: what is read stays right, and nobody waits long for it."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import cast
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from file_metadata_service.adapters.redis.answer_cache import RedisChangeNotes
from file_metadata_service.adapters.redis.caching import redis_caching
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.app.use_cases import UseCases
from tests.engines import EngineProcess, redis_address, start_redis
from tests.fakes.metadata_answers import RecordingReadWatch
from tests.fakes.metadata_service import FakeWorld, Service


class Line:
    """A line to Redis that a test can make slow, or cut."""

    def __init__(self, redis_port: int) -> None:
        self._redis_port = redis_port
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0
        self.delay_seconds = 0.0
        self.is_cut = False
        self.messages = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        await asyncio.gather(*self._serving)

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            from_redis, to_redis = await asyncio.open_connection("127.0.0.1", self._redis_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._pump(reader, to_redis), self._pump(from_redis, writer))

    async def _pump(self, source: StreamReader, sink: StreamWriter) -> None:
        with suppress(OSError):
            while (data := await source.read(65536)) and not self.is_cut:
                self.messages += 1
                await asyncio.sleep(self.delay_seconds)
                sink.write(data)
                await sink.drain()
        sink.close()


@dataclass(slots=True)
class Instance:
    """One instance of the service, with its own line to Redis."""

    service: Service
    line: Line
    watch: RecordingReadWatch
    notes: RedisChangeNotes

    def looks(self) -> list[str]:
        """Where its pages came from since the last look."""
        found = [result for kind, result in self.watch.looks if kind == "page"]
        self.watch.looks.clear()
        return found


@dataclass(slots=True)
class CachedWorld:
    redis: EngineProcess
    stack: AsyncExitStack
    world: FakeWorld = field(default_factory=FakeWorld)

    async def instance(self, patience_seconds: float = 5) -> Instance:
        line = Line(urlsplit(redis_address(self.redis)).port or 0)
        await line.open()
        self.stack.push_async_callback(line.close)
        watch = RecordingReadWatch()
        caching = await self.stack.enter_async_context(
            redis_caching(f"redis://127.0.0.1:{line.port}/0", watch, patience_seconds=patience_seconds)
        )
        ports = replace(self.world.ports(), caching=caching)
        assert isinstance(caching.notes, RedisChangeNotes)
        return Instance(Service(UseCases(ports, Policy(id_secret=b"secret"))), line, watch, caching.notes)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    with start_redis(tmp_path_factory.mktemp("redis")) as process:
        yield process


@pytest.fixture
async def world(redis: EngineProcess) -> AsyncIterator[CachedWorld]:
    async with Redis.from_url(redis_address(redis)) as client:
        await client.flushall()
    async with AsyncExitStack() as stack:
        yield CachedWorld(redis, stack)


async def names(instance: Instance, folder: str = "root") -> list[str]:
    return [it.name for it in (await instance.service.page(folder)).items]


async def settled(instance: Instance) -> None:
    """What it has told Redis has arrived there, if Redis is there."""
    await instance.notes.finish()


async def test_one_instance_reads_what_another_has_read(world: CachedWorld) -> None:
    one, other = await world.instance(), await world.instance()
    folder = (await one.service.mkdir("a")).result.id
    assert await names(one, folder) == []
    await one.service.commit("elsewhere")
    await settled(one)
    assert await names(other, folder) == []
    await other.service.commit("f", folder)
    await settled(other)
    assert await names(one, folder) == ["f"]
    assert (one.looks(), other.looks()) == (["store", "store"], ["cache"])


async def test_a_redis_that_is_stopped_and_comes_back_empty_disturbs_no_answer(world: CachedWorld) -> None:
    one, other = await world.instance(), await world.instance()
    assert (await names(one), await names(other)) == ([], [])
    world.redis.kill()
    try:
        await one.service.commit("a")
        assert (await names(one), await names(other)) == (["a"], ["a"])
    finally:
        world.redis.start()
    await one.service.commit("b")
    assert (await names(one), await names(other)) == (["a", "b"], ["a", "b"])
    third, fourth = await world.instance(), await world.instance()
    assert await names(third) == ["a", "b"]
    await settled(third)
    assert await names(fourth) == ["a", "b"]
    assert fourth.looks() == ["cache"]


async def test_a_redis_that_was_emptied_has_nothing_to_say(world: CachedWorld) -> None:
    one, other = await world.instance(), await world.instance()
    await one.service.commit("a")
    assert await names(one) == ["a"]
    await settled(one)
    async with Redis.from_url(redis_address(world.redis)) as client:
        await client.flushall()
    assert await names(other) == ["a"]
    assert other.looks() == ["store"]


async def test_a_redis_that_forgot_one_write_only_is_not_believed(world: CachedWorld) -> None:
    one, other = await world.instance(), await world.instance()
    await one.service.commit("a")
    assert await names(one) == ["a"]
    await one.service.commit("b")
    await settled(one)
    async with Redis.from_url(redis_address(world.redis)) as client:
        assert await client.delete(*await client.keys("touched:*:2")) == 1
    assert await names(other) == ["a", "b"]
    assert other.looks() == ["store"]


async def test_who_is_cut_from_redis_reads_and_writes_and_is_seen_by_the_others(world: CachedWorld) -> None:
    one, other = await world.instance(), await world.instance()
    assert (await names(one), await names(other)) == ([], [])
    one.line.is_cut = True
    other.looks()
    for number in range(3):
        await one.service.commit(f"{number}")
        await settled(one)
        expected = [f"{it}" for it in range(number + 1)]
        assert (await names(one), await names(other)) == (expected, expected)
    assert "cache" not in one.looks() + other.looks()


async def test_a_slow_redis_is_left_alone_for_most_requests(world: CachedWorld) -> None:
    """Each page is at another head, so that memory knows none of them."""
    one = await world.instance(patience_seconds=0.05)
    one.line.delay_seconds = 0.2
    for number in range(100):
        await one.service.commit(f"{number:03}")
        assert len(await names(one)) == number + 1
    assert one.looks() == ["store"] * 100
    assert one.line.messages < 50


async def test_what_is_no_answer_of_ours_is_none(world: CachedWorld) -> None:
    one, other = await world.instance(), await world.instance()
    assert await names(one) == []
    await settled(one)
    async with Redis.from_url(redis_address(world.redis)) as client:
        for key in await client.keys("answer:*"):
            await client.set(key, b"0 - -\n\xc1")
    assert await names(other) == []
    assert other.looks() == ["store"]
