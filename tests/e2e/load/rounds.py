"""A crowd on one drive, round after round; in each one a metadata instance or the tables' engine dies by `kill -9`.

Between rounds the crowd rests, and everything is held against everything: what it was told, in order, explains the
tree; fsck finds nothing; a mirror that went on following has the tree; and who uploads finds all bytes.
"""

import asyncio
import random
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from time import monotonic

import httpx

from local_stack.instances import name_of
from local_stack.stack import Stack
from tests.e2e.load.balancer import Balancer, Tally
from tests.e2e.load.client import Client
from tests.e2e.load.rest_hands import RestHands, RestSource, ask
from tests.e2e.load.run import doors
from tests.e2e.load.worker import Worker
from tests.fakes.metadata_model import TreeModel
from tests.histories import Recorder, any_deed
from tests.linearizability import Sort, check
from tests.mirror import Mirror, walked
from tests.told import Told

VICTIMS = (name_of("file_metadata_service", 1), name_of("file_metadata_service", 2), "dynamodb")
# Answers that the crowd gets before somebody dies: a random moment, whatever the machine's speed.
BEFORE, AFTER = (20, 150), 60
# A node's id, its folder's, its name.
Place = tuple[str, str, str]


@dataclass(slots=True)
class Rounds:
    """What it came to."""

    seed: int
    kills: dict[str, int] = field(default_factory=dict)
    writes: int = 0
    reads: int = 0
    refusals: int = 0
    unknown: int = 0
    slowest_seconds: float = 0.0
    tally: Tally = field(default_factory=Tally)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: killed {self.kills}; {self.writes} writes, {self.reads} reads, {self.refusals} "
            f"refusals, {self.unknown} asked again; slowest round {self.slowest_seconds:.1f} s\n"
        )


@dataclass(slots=True)
class Crowd:
    """`clients` at once, on one account's drive; and one who uploads on another's."""

    stack: Stack
    client: Client
    worker: Worker
    report: Rounds
    chance: random.Random
    clients: int
    recorder: Recorder = field(init=False)
    told: Told = field(init=False)
    mirror: Mirror = field(init=False)
    model: TreeModel = field(default_factory=TreeModel)
    seq: int = 0

    def __post_init__(self) -> None:
        self.recorder = Recorder(pause=self.client.come_back)
        self.told = Told(RestSource(self.client))
        self.mirror = Mirror(self.told)

    async def round(self, victims: list[str]) -> None:
        began, enough = monotonic(), asyncio.Event()
        self.recorder.events.clear()
        async with asyncio.TaskGroup() as group:
            for _ in range(self.clients):
                group.create_task(self._act(enough))
            group.create_task(self._follow(enough))
            group.create_task(self.worker.work(enough))
            await self._kill(self.chance.choice(victims))
            enough.set()
        await self._check()
        self.report.slowest_seconds = max(self.report.slowest_seconds, monotonic() - began)

    async def _act(self, enough: asyncio.Event) -> None:
        hands = RestHands(self.client)
        while not enough.is_set():
            deed = any_deed(self.chance, self.recorder.ids[-60:], contents=False)
            await self.recorder.record(deed, lambda: hands)

    async def _follow(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.mirror.sync()
            await self.client.come_back()

    async def _kill(self, victim: str) -> None:
        await self._until(len(self.recorder.events) + self.chance.randint(*BEFORE))
        await asyncio.to_thread(self.stack.kill, victim, signal.SIGKILL)
        self.report.kills[victim] = self.report.kills.get(victim, 0) + 1
        await self._until(len(self.recorder.events) + AFTER)

    async def _until(self, answers: int) -> None:
        while len(self.recorder.events) < answers:  # noqa: ASYNC110  # there is nobody to tell us
            await asyncio.sleep(0.005)

    async def _check(self) -> None:
        events, report = self.recorder.events, self.report
        report.writes += sum(event.sort is Sort.WRITE for event in events)
        report.reads += sum(event.sort is Sort.READ for event in events)
        report.refusals += sum(event.sort is Sort.REFUSAL for event in events)
        report.unknown, self.recorder.unknown = report.unknown + self.recorder.unknown, 0
        await asyncio.to_thread(self.stack.wait_until_ready, timeout_seconds=120)
        await self.mirror.sync()
        self.model = check(self.model, events, begin=self.seq, told=self.told.agrees, fits=self.told.fits)
        self.seq = max([self.seq, *(event.seq for event in events)])
        tree = await walked(self.mirror.source)
        assert set(self.mirror.tree().items()) ^ set(tree.items()) == set(), f"at {self.mirror.seq}"
        seen = {(it.id, it.parent, it.name) for it in tree.values()}
        told = {
            (node_id, it.parent, it.name)
            for node_id, it in self.model.nodes.items()
            if self.model.lives(node_id)
        }
        assert seen == told, self._difference(seen, told)
        await self.worker.check()
        await asyncio.to_thread(fsck, self.stack)

    def _difference(self, seen: set[Place], told: set[Place]) -> str:
        """What is where, and what was answered and written about it in this round."""
        about = {node_id for node_id, _, _ in seen ^ told}
        return "\n".join(
            [
                f"answered to {self.seq}, written to {self.mirror.seq}",
                *(f"only there: {place}" for place in sorted(seen - told)),
                *(f"only told: {place}" for place in sorted(told - seen)),
                *(str(event) for event in self.recorder.events if any(it in event.what for it in about)),
                *(f"journal {it}" for it in self.told.tells_of(about)),
            ]
        )


def fsck(stack: Stack) -> None:
    """The commands themselves: over all drives, and over all that storage holds, however young."""
    commands = {"file_metadata_service": [], "file_upload_service": ["--older-than-hours", "0"]}
    for service, options in commands.items():
        done = subprocess.run(
            [sys.executable, "-m", service, "fsck", *options],
            env=stack.env(service),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


async def kill_rounds(stack: Stack, *, seed: int, rounds: int, clients: int = 32) -> Rounds:
    """Fails if anything that was answered is lost, half there, or out of order."""
    chance, report = random.Random(seed), Rounds(seed)
    victims = [name for name in VICTIMS if name in stack.plan.processes]
    async with AsyncExitStack() as opened:
        storage = await opened.enter_async_context(httpx.AsyncClient())
        one, other = [
            Client(await opened.enter_async_context(Balancer(doors(stack), report.tally)), storage)
            for _ in range(2)
        ]
        await one.sign_up()
        await other.sign_up()
        worker = Worker(other, "worker", random.Random(chance.random()))
        await worker.move_in()
        crowd = Crowd(stack, one, worker, report, chance, clients)
        for _ in range(rounds):
            await crowd.round(victims)
        drive = (await ask(one, "GET", "/drive")).json()
    assert drive["bytes_used"] == 0
    return report
