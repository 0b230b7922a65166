"""Forms of files over real sockets: who goes or dawdles leaves nothing behind, and what comes is held within bounds."""

import asyncio
import json
import resource

from api_gateway.adapters.http.wiring import Bounds
from tests.api.test_file_forms import TYPE, form
from tests.integration.api_gateway.wire import Gateway, Upstream, gateway, read_answer

HELD = 32 * 2**20


def head(door: Gateway, length: int) -> bytes:
    return door.head("POST", "/files:batch", Content_Length=str(length), Content_Type=TYPE)


async def until_free(door: Gateway) -> None:
    while door.world.spool.free_bytes < HELD or door.world.places.taken:  # noqa: ASYNC110  # nobody tells us
        await asyncio.sleep(0)


async def test_who_goes_half_way_leaves_nothing_behind() -> None:
    body = form({"files": [{"name": "a"}, {"name": "b"}]}, [bytes(100_000), bytes(100_000)])
    async with gateway(Upstream()) as door, asyncio.timeout(20):
        _, writer = await door.connect()
        writer.write(head(door, len(body)) + body[:150_000])
        await writer.drain()
        while door.world.spool.free_bytes == HELD:  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0)
        writer.close()
        await until_free(door)
        assert door.world.bundles.command_ids == []


async def test_who_dawdles_holds_memory_no_longer_than_a_form_may_take() -> None:
    body = form({"files": [{"name": "a"}]}, [bytes(100_000)])
    async with (
        gateway(Upstream(), bounds=Bounds(form_seconds=0.2)) as door,
        asyncio.timeout(20),
    ):
        reader, writer = await door.connect()
        writer.write(head(door, len(body)) + body[:50_000])
        status, _, answer = await read_answer(reader)
        assert (status, json.loads(answer)["code"]) == (408, "request_timeout")
        await until_free(door)
        writer.close()


async def test_who_goes_after_the_last_byte_has_sent_the_files() -> None:
    upstream = Upstream(size=7)

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await upstream.go_on.wait()
        await upstream.take_everything(reader, writer)

    upstream.serve = take
    body = form({"files": [{"name": "a"}]}, [b"content"])
    async with gateway(upstream) as door, asyncio.timeout(20):
        _, writer = await door.connect()
        writer.write(head(door, len(body)) + body)
        while not door.world.bundles.command_ids:  # noqa: ASYNC110  # same
            await asyncio.sleep(0)
        writer.close()
        await writer.wait_closed()
        upstream.go_on.set()
        await until_free(door)
        assert upstream.received == 7


async def test_a_file_that_is_too_large_is_not_kept_while_it_passes() -> None:
    """Twenty forms of 15 MiB, in turns."""
    large = form({"files": [{"name": "a"}]}, [bytes(15 * 2**20)])
    async with gateway(Upstream()) as door, asyncio.timeout(60):
        before = 0
        for turn in range(20):
            reader, writer = await door.connect()
            writer.write(head(door, len(large)) + large)
            status, _, answer = await read_answer(reader)
            assert status == 200
            assert json.loads(answer)["files"][0]["problem"]["code"] == "too_large_for_form"
            writer.close()
            if turn == 4:
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024
