"""Relays take turns, so that whoever wants little is not kept waiting by whoever wants much."""

import asyncio
from collections.abc import AsyncIterator

from api_gateway.app.relay_turns import RelayTurns


async def chunks(count: int) -> AsyncIterator[bytes]:
    for number in range(count):
        yield b"%d" % number


async def test_all_chunks_pass_in_their_order() -> None:
    assert [each async for each in RelayTurns().paced(chunks(3))] == [b"0", b"1", b"2"]


async def test_at_each_turn_of_the_loop_one_of_fifty_moves_on() -> None:
    turns, passed = RelayTurns(), list[int]()

    async def relay(number: int) -> None:
        async for _ in turns.paced(chunks(20)):
            passed.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(50):
            tasks.create_task(relay(number))
        most = 0
        while len(passed) < 50 * 20:
            before = len(passed)
            await asyncio.sleep(0)
            most = max(most, len(passed) - before)
    assert most <= 2
    assert sorted(passed[:50]) == list(range(50)), "somebody was passed by"


async def test_who_waits_for_a_slow_one_holds_up_nobody() -> None:
    turns, go_on = RelayTurns(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        await go_on.wait()
        yield b"late"

    async def all_of(source: AsyncIterator[bytes]) -> list[bytes]:
        return [each async for each in turns.paced(source)]

    waiting = asyncio.create_task(all_of(slow()))
    assert len(await all_of(chunks(5))) == 5
    go_on.set()
    assert await waiting == [b"late"]


async def test_who_goes_loses_their_turn_to_the_next() -> None:
    turns = RelayTurns()
    gone = [asyncio.create_task(anext(turns.paced(chunks(1)))) for _ in range(3)]
    await asyncio.sleep(0)
    for each in gone:
        each.cancel()
    assert [each async for each in turns.paced(chunks(2))] == [b"0", b"1"]
    await asyncio.wait(gone)
