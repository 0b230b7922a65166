"""Who waits how long for whom while a part passes through, and whose trouble is whose."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api_gateway.adapters.aiohttp.storage import AiohttpStorage, open_session
from api_gateway.domain.errors import BodyTooSlow
from api_gateway.domain.uploads import SignedPart
from chassis.errors import Unavailable
from tests.integration.api_gateway.wire import Serve, Upstream

MUCH = 64 * 2**20


@asynccontextmanager
async def storage_of(
    upstream: Upstream, serve: Serve, patience_seconds: float = 60.0
) -> AsyncIterator[tuple[AiohttpStorage, str]]:
    upstream.serve = serve
    server = await asyncio.start_server(upstream, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/blob"
    async with open_session(connections=2) as session, asyncio.timeout(20):
        yield AiohttpStorage(session, patience_seconds=patience_seconds), url
    server.close()


async def much() -> AsyncIterator[bytes]:
    for _ in range(MUCH // 2**20):
        yield b"x" * 2**20


async def test_a_storage_that_takes_no_more_is_given_up_though_it_holds_the_line() -> None:
    upstream = Upstream(size=MUCH)
    async with storage_of(upstream, upstream.take_nothing_for_now, 0.2) as (storage, url):
        with pytest.raises(Unavailable):
            await storage.send(SignedPart(1, "PUT", url, {}, MUCH), much())
        upstream.go_on.set()
        await upstream.ended.wait()


async def test_a_storage_that_took_everything_and_never_answers_is_given_up() -> None:
    upstream = Upstream(size=5)
    async with storage_of(upstream, upstream.take_nothing_for_now, 0.2) as (storage, url):

        async def brief() -> AsyncIterator[bytes]:
            yield b"brief"

        with pytest.raises(Unavailable):
            await storage.send(SignedPart(1, "PUT", url, {}, 5), brief())
        upstream.go_on.set()


async def test_a_sender_may_take_longer_than_storage() -> None:
    upstream = Upstream(size=4)
    async with storage_of(upstream, upstream.take_everything, 0.2) as (storage, url):

        async def slow() -> AsyncIterator[bytes]:
            yield b"ab"
            await asyncio.sleep(0.5)  # more than storage's patience
            yield b"cd"

        assert await storage.send(SignedPart(1, "PUT", url, {}, 4), slow()) == '"e"'


async def test_what_is_wrong_with_the_bytes_is_told_as_it_is_and_storage_gets_no_whole_part() -> None:
    upstream = Upstream(size=MUCH)
    async with storage_of(upstream, upstream.take_everything) as (storage, url):

        async def broken() -> AsyncIterator[bytes]:
            yield b"x" * 2**20
            raise BodyTooSlow("That took too long.")

        with pytest.raises(BodyTooSlow):
            await storage.send(SignedPart(1, "PUT", url, {}, MUCH), broken())
        await upstream.ended.wait()
        assert upstream.received < MUCH


async def test_an_answer_before_the_end_ends_the_sending() -> None:
    upstream, taken = Upstream(), 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.read(2**16)

    async def counted() -> AsyncIterator[bytes]:
        nonlocal taken
        async for chunk in much():
            taken += len(chunk)
            yield chunk

    async with storage_of(upstream, refuse) as (storage, url):
        with pytest.raises(Unavailable):
            await storage.send(SignedPart(1, "PUT", url, {}, MUCH), counted())
        told = taken
        await asyncio.sleep(0.1)
        assert taken == told < MUCH
