"""Streams of changes on real connections: how they end, and what they hold on to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from api_gateway.adapters.http import event_stream
from api_gateway.adapters.http.wiring import Bounds
from api_gateway.domain.identity import Caller
from tests.fakes.gateway_tree import NewFile
from tests.fakes.token_keys import ACCOUNT_ID, SESSION_ID
from tests.integration.api_gateway.wire import Gateway, Upstream, gateway, read_head

ME = Caller(ACCOUNT_ID, SESSION_ID)
BEAT = b":\n\n"


@dataclass
class Stream:
    """`begin`: its place, and what had happened by then."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    begin: bytes = b""

    async def chunk(self) -> bytes:
        """Empty at the end."""
        size = int(await self.reader.readline(), 16)
        body = await self.reader.readexactly(size + 2)
        return body[:-2]

    async def chunk_but_beats(self) -> bytes:
        while (chunk := await self.chunk()) == BEAT:
            pass
        return chunk


@asynccontextmanager
async def streaming(door: Gateway, *, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    reader, writer = await door.connect()
    writer.write(door.head("GET", f"/changes/stream{query}", **headers))
    status, head = await read_head(reader)
    assert (status, b"x-accel-buffering: no" in head) == (200, True)
    stream = Stream(reader, writer)
    stream.begin = await stream.chunk()
    assert stream.begin.startswith(b"retry: 2000\nid: ")
    try:
        yield stream
    finally:
        writer.close()


async def make(door: Gateway, name: str) -> str:
    made = await door.world.tree.create_folder(
        ME, command_id=name, parent_id="root", name=name, conflict="fail"
    )
    return made.answer.id


def node_in(event: bytes) -> str:
    data = event.partition(b"data: ")[2]
    return str(json.loads(data)["changes"][0]["node"]["id"])


@pytest.fixture(autouse=True)
def _beats_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.02)


@pytest.mark.timeout(30)
async def test_each_event_comes_as_it_happens_and_between_them_the_heart_beats() -> None:
    async with gateway(Upstream()) as door, streaming(door) as one, streaming(door) as two:
        for name in "ab":
            made = await make(door, name)
            assert node_in(await one.chunk_but_beats()) == made
            assert node_in(await two.chunk_but_beats()) == made
            assert await one.chunk() == BEAT


@pytest.mark.timeout(30)
async def test_a_session_that_ends_ends_its_stream_in_words() -> None:
    async with gateway(Upstream()) as door, streaming(door) as stream:
        door.world.people.ended.add(SESSION_ID)
        last = await stream.chunk_but_beats()
        assert last.startswith(b"event: problem\ndata: ")
        assert json.loads(last.partition(b"data: ")[2])["code"] == "session_ended"
        assert await stream.chunk() == b""
        while door.world.hub.listeners:  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0.01)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("by_header", [True, False])
async def test_a_stream_ends_with_its_token_and_another_goes_on_where_it_was(
    by_header: bool,
) -> None:
    async with gateway(Upstream()) as door:
        async with streaming(door) as stream:
            await make(door, "a")
            event = await stream.chunk_but_beats()
            door.world.later = timedelta(hours=1)
            last = await stream.chunk_but_beats()
            assert json.loads(last.partition(b"data: ")[2])["code"] == "unauthenticated"
            assert await stream.chunk() == b""
        made = await make(door, "b")
        refused, writer = await door.connect()
        writer.write(door.head("GET", "/changes/stream"))
        assert (await read_head(refused))[0] == 401
        writer.close()

        door.token = door.world.keys.token(now=datetime.now(UTC) + door.world.later)
        cursor = event.partition(b"id: ")[2].partition(b"\n")[0].decode()
        place = {"Last_Event_ID": cursor} if by_header else {"query": f"?cursor={cursor}"}
        async with streaming(door, **place) as stream:
            assert stream.begin.count(b"event: change") == 1
            assert node_in(stream.begin) == made


@pytest.mark.timeout(30)
async def test_a_history_that_is_replaced_ends_the_stream_in_words() -> None:
    async with gateway(Upstream()) as door, streaming(door) as stream:
        door.world.changes.history = "another"
        await make(door, "a")
        last = await stream.chunk_but_beats()
        assert json.loads(last.partition(b"data: ")[2])["code"] == "cursor_reset"
        assert await stream.chunk() == b""


@pytest.mark.timeout(30)
async def test_a_client_that_vanishes_gives_its_place_back() -> None:
    async with gateway(Upstream()) as door, streaming(door) as stays:
        async with streaming(door) as goes:
            goes.writer.transport.abort()
        while door.world.hub.listeners > 1:  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0.01)
        made = await make(door, "a")
        assert node_in(await stays.chunk_but_beats()) == made


@pytest.mark.timeout(30)
async def test_a_client_that_reads_nothing_is_given_up() -> None:
    async with gateway(Upstream(), bounds=Bounds(taking_seconds=0.1)) as door, streaming(door):
        number = 0
        while door.world.hub.listeners:
            number += 1
            large = NewFile(ACCOUNT_ID, str(number), 1, "x" * 200_000, "")
            door.world.tree.put_file(ME, large, "fail")
            await asyncio.sleep(0.001)
        assert number > 2


@pytest.mark.timeout(30)
async def test_a_gateway_that_goes_ends_its_streams_at_once_and_their_clients_know_where_to_go_on() -> None:
    async with gateway(Upstream()) as door, streaming(door) as stream:
        made = await make(door, "a")
        event = await stream.chunk_but_beats()
        assert node_in(event) == made
        draining = asyncio.create_task(door.server.drain(10))
        while await stream.chunk() == BEAT:
            pass
        assert await stream.reader.read() in (b"", b"\r\n")
        await draining
        cursor = event.partition(b"id: ")[2].partition(b"\n")[0].decode()
        await make(door, "b")
        page = await door.world.changes.page(ME, cursor=cursor, limit=10)
        assert [entry.cursor == cursor for entry in page.answer.items] == [False]
