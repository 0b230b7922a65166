"""A bound on bytes in memory that nobody slips by and nobody loses."""

import asyncio

import pytest

from api_gateway.app.byte_budget import ByteBudget
from api_gateway.domain.errors import RelayBusy


async def held(budget: ByteBudget, size: int, release: asyncio.Event, order: list[int]) -> None:
    async with budget.hold(size):
        order.append(size)
        await release.wait()


async def test_what_is_held_comes_back() -> None:
    budget = ByteBudget(10)
    async with budget.hold(7):
        assert budget.free_bytes == 3
    assert budget.free_bytes == 10


async def test_it_comes_back_after_a_failure_too() -> None:
    budget = ByteBudget(10)
    with pytest.raises(ValueError, match="inside"):
        async with budget.hold(7):
            raise ValueError("inside")
    assert budget.free_bytes == 10


async def test_who_finds_no_room_in_time_is_told_when_to_come_back() -> None:
    budget = ByteBudget(10, patience_seconds=0.01)
    async with budget.hold(7):
        with pytest.raises(RelayBusy) as refusal:
            async with budget.hold(4):
                pass
    assert refusal.value.retry_after_seconds == 0.01
    assert budget.free_bytes == 10


async def test_who_waits_is_let_in_when_room_comes_free() -> None:
    budget, release, order = ByteBudget(10), asyncio.Event(), list[int]()
    first = asyncio.create_task(held(budget, 7, release, order))
    second = asyncio.create_task(held(budget, 8, release, order))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert order == [7]
    release.set()
    await asyncio.gather(first, second)
    assert (order, budget.free_bytes) == ([7, 8], 10)


async def test_small_ones_do_not_pass_a_large_one_by() -> None:
    budget, release, order = ByteBudget(10), asyncio.Event(), list[int]()
    tasks = [asyncio.create_task(held(budget, size, release, order)) for size in (6, 9, 1)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert order == [6]
    release.set()
    await asyncio.gather(*tasks)
    assert order == [6, 9, 1]


async def test_who_is_cancelled_while_waiting_leaves_no_trace() -> None:
    budget, release, order = ByteBudget(10), asyncio.Event(), list[int]()
    first = asyncio.create_task(held(budget, 7, release, order))
    waiting = asyncio.create_task(held(budget, 9, release, order))
    third = asyncio.create_task(held(budget, 2, release, order))
    for _ in range(3):
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    for _ in range(3):
        await asyncio.sleep(0)
    assert order == [7, 2]
    release.set()
    await asyncio.gather(first, third)
    assert budget.free_bytes == 10


async def test_who_is_cancelled_in_the_moment_of_being_let_in_gives_it_back() -> None:
    budget, release, order = ByteBudget(10), asyncio.Event(), list[int]()
    first = asyncio.create_task(held(budget, 7, release, order))
    waiting = asyncio.create_task(held(budget, 9, release, order))
    for _ in range(3):
        await asyncio.sleep(0)
    release.set()
    await first  # gives back, and lets the second in, which has not run yet
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert budget.free_bytes == 10
