"""Threads that share a heap of small work."""

import asyncio
import threading

import pytest

from stowage_client.transfer.crew import Crew


async def test_of_many_small_things_each_is_done_once_and_answered_in_order() -> None:
    crew = Crew(movers=4)
    try:
        assert await crew.move_all(range(500), lambda it: it * 2) == [it * 2 for it in range(500)]
        assert await crew.hash_all([], str) == []
    finally:
        crew.dismiss()


async def test_what_one_of_them_raises_is_raised_and_the_rest_is_left() -> None:
    crew, done = Crew(movers=2), list[int]()

    def work(number: int) -> int:
        if number == 3:
            raise ValueError("three")
        done.append(number)
        return number

    try:
        with pytest.raises(ValueError, match="three"):
            await crew.move_all([3, *range(100_000)], work)
        assert len(done) < 100_000
    finally:
        crew.dismiss()


async def test_whoever_waits_no_longer_ends_it_at_the_next_item() -> None:
    crew, begun, may_go_on, done = Crew(movers=1), threading.Event(), threading.Event(), list[int]()

    def work(number: int) -> None:
        begun.set()
        may_go_on.wait(10)
        done.append(number)

    task = asyncio.create_task(crew.move_all(range(1000), work))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_go_on.set()
    assert await crew.move(lambda: len(done)) == 1
    crew.dismiss()
