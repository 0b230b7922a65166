"""Workers at both gateways, while instances of every service are killed."""

import asyncio
import random
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from time import monotonic

import httpx

from local_stack.composition import PACKAGES
from local_stack.instances import name_of
from local_stack.stack import Stack
from tests.e2e.load.balancer import Balancer
from tests.e2e.load.client import Client
from tests.e2e.load.report import Kill, Report
from tests.e2e.load.worker import Worker

# A rolling restart waits until the others have found the new one, too; they look again within two seconds.
_SETTLING_SECONDS = 2.5
Victims = Sequence[str]
Round = tuple[signal.Signals, Victims]


def one_of_each(rng: random.Random) -> Victims:
    return [name_of(package, rng.randint(1, 2)) for package in PACKAGES]


def all_at_once(rng: random.Random) -> list[Round]:
    """SIGTERM to one of each service within a moment, then SIGKILL."""
    return [(signal.SIGTERM, one_of_each(rng)), (signal.SIGKILL, one_of_each(rng))]


def one_by_one(rng: random.Random, *, times: int) -> list[Round]:
    """Each service by itself, SIGTERM and then SIGKILL, `times` over."""
    signals = (signal.SIGTERM, signal.SIGKILL)
    return [(number, [victim]) for _ in range(times) for victim in one_of_each(rng) for number in signals]


async def run(
    stack: Stack, *, seed: int, rounds: Sequence[Round], accounts: int = 2, workers: int = 3
) -> Report:
    """`workers` in each account. Fails if the trees differ from what the workers did."""
    report, rng = Report(seed), random.Random(seed)
    async with AsyncExitStack() as opened:
        storage = await opened.enter_async_context(httpx.AsyncClient())
        crew = []
        for number in range(accounts):
            balancer = await opened.enter_async_context(Balancer(doors(stack), report.tally))
            client = Client(balancer, storage)
            await client.sign_up()
            crew += [
                Worker(client, f"worker {number}.{each}", random.Random(rng.random()))
                for each in range(workers)
            ]
        await asyncio.gather(*(worker.move_in() for worker in crew))
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for worker in crew:
                group.create_task(worker.work(done))
            await _kill(stack, rounds, rng, report)
            done.set()
        for worker in crew:
            await worker.check()
        await _check_accounts(crew, workers)
    return report


def doors(stack: Stack) -> list[str]:
    """Every gateway's address."""
    return [it.address for it in stack.plan.processes.values() if it.name.startswith("api_gateway")]


async def _kill(stack: Stack, rounds: Sequence[Round], rng: random.Random, report: Report) -> None:
    await asyncio.sleep(rng.uniform(2, 4))
    for number, victims in rounds:
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            for victim in victims:
                group.create_task(_kill_one(stack, victim, number, rng.uniform(0, 1)))
        await asyncio.to_thread(stack.wait_until_ready, timeout_seconds=120)
        whom = victims[0] if len(victims) == 1 else "one of each"
        report.kills.append(Kill(number.name, whom, began, monotonic()))
        await asyncio.sleep(_SETTLING_SECONDS + rng.uniform(0, 1))


async def _kill_one(stack: Stack, victim: str, number: signal.Signals, delay_seconds: float) -> None:
    await asyncio.sleep(delay_seconds)
    await asyncio.to_thread(stack.kill, victim, number)


async def _check_accounts(crew: Sequence[Worker], workers: int) -> None:
    """Nothing came into being beside what the workers know."""
    for first in range(0, len(crew), workers):
        mine = crew[first : first + workers]
        client = mine[0].client
        assert [entry["name"] for entry in await client.entries("root")] == [worker.name for worker in mine]
        trashed = {item["node"]["id"] for item in await client.trash()}
        assert trashed == {node_id for worker in mine for node_id in worker.trashed}
