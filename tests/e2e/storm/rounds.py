"""Round after round: people upload while lines are spoiled and somebody dies; then everything is held to its word.

Each file that was acknowledged is there, byte by byte; whoever goes on gets done; what was left lying vanishes.
"""

import asyncio
import hashlib
import random
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from tests.e2e.person import PART_SIZE_BYTES
from tests.e2e.storm.aftermath import all_forgotten, fsck, no_trial_left, tree_of
from tests.e2e.storm.crash_points import VICTIMS, CrashPoint, any_delay_seconds, crash_points
from tests.e2e.storm.lines import Lines, StormyStack
from tests.e2e.storm.quitter import quit_somehow
from tests.e2e.storm.raw_line import Mischief
from tests.e2e.storm.report import Report
from tests.e2e.storm.sender import Sender
from tests.e2e.storm.shell_sender import ShellSender
from tests.e2e.storm.trouble import Trap

ROUND_SECONDS = 240.0
FSCK_EVERY = 4
_ODDS = (0.0, 0.04, 0.12)
_RANDOM_DEATHS = 3  # one of so many rounds has a death at any time, the others at a crash point


@dataclass(slots=True)
class Storm:
    """One account, several programs."""

    stack: StormyStack
    lines: Lines
    sender: Sender
    shell: ShellSender
    chance: random.Random
    report: Report
    points: list[CrashPoint] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    planned: str = ""

    async def round(self) -> None:
        began, number, victim = monotonic(), self.report.rounds, self._prepare()
        async with asyncio.timeout(ROUND_SECONDS), asyncio.TaskGroup() as group:
            spoiling = group.create_task(self._spoil(victim))
            working = [
                group.create_task(self._send(number)),
                group.create_task(self._put_folder(number)),
                group.create_task(quit_somehow(self.sender, f"r{number} left", self._chance())),
            ]
            await asyncio.wait([*working[:1], *working[2:]])
            await spoiling
            self.calm()
        await asyncio.to_thread(self.stack.wait_until_ready, timeout_seconds=120)
        await self._check(f"r{number} ")
        self.report.rounds += 1
        seconds, step = self.sender.slowest
        sys.stdout.write(
            f"round {number}: {self.planned}, {monotonic() - began:.1f} s; slowest {step} {seconds:.1f} s, "
            f"command line {self.shell.seconds:.1f} s\n"
        )
        self.sender.slowest = (0.0, "")
        if self.report.rounds % FSCK_EVERY == 0:
            await fsck(self.stack)
        self.report.slowest_seconds = max(self.report.slowest_seconds, monotonic() - began)

    def _prepare(self) -> str | None:
        """Who dies at any time, or None: then a trap is set."""
        for line in self.lines.http:
            line.weather.chance = self._chance()
            line.weather.odds = self.chance.choice(_ODDS)
            line.weather.stall_seconds = self.chance.uniform(0.3, 1.5)
        if self.chance.randrange(_RANDOM_DEATHS) == 0:
            victim = self.chance.choice(VICTIMS)
            self.planned = f"{victim} at any time"
            return victim
        if not self.points:
            self.points = crash_points(self.lines)
            self.chance.shuffle(self.points)
        point = self.points.pop()
        self.planned = f"{point} (missed)"

        async def strike() -> None:
            self.report.deaths[point.victim] += 1
            self.report.struck.add(str(point))
            self.planned = str(point)
            await self.stack.struck_down(point.victim)

        skip = self.chance.choice([0, 0, 0, 0, 1])
        point.line.weather.set_trap(
            Trap(point.matches, point.when, strike, skip, any_delay_seconds(self.chance))
        )
        return None

    async def _spoil(self, victim: str | None) -> None:
        if self.chance.random() < 0.5:
            line = self.chance.choice([line for name, line in self.lines.rpc.items() if "health" not in name])
            await asyncio.sleep(self.chance.uniform(0.0, 1.0))
            await line.spoil(self.chance.choice(list(Mischief)), self.chance.uniform(0.2, 1.5))
        if victim is not None:
            await asyncio.sleep(self.chance.uniform(0.0, 2.0))
            self.report.deaths[victim] += 1
            await self.stack.struck_down(victim)

    async def _send(self, number: int) -> None:
        chance = self._chance()
        large = chance.randbytes(PART_SIZE_BYTES + chance.randint(1, 99_999))
        bodies = {
            f"r{number} empty": b"",
            f"r{number} one part": chance.randbytes(chance.randint(1, 1_500_000)),
            f"r{number} several parts": large,
        }
        async with asyncio.TaskGroup() as group:
            for name, body in bodies.items():
                group.create_task(self._upload(name, body, relayed=False))
            group.create_task(
                self._upload(f"r{number} relayed", large[: chance.randint(1, 99_999)], relayed=True)
            )

    async def _upload(self, name: str, body: bytes, *, relayed: bool) -> None:
        await self.sender.upload(name, body, relayed=relayed, conflict="replace")
        self.held[name] = hashlib.sha256(body).hexdigest()

    async def _put_folder(self, number: int) -> None:
        chance = self._chance()
        self.held |= await self.shell.put_folder(f"r{number} folder", chance)

    def _chance(self) -> random.Random:
        return random.Random(self.chance.random())

    def calm(self) -> None:
        for line in self.lines.http:
            line.weather.calm()

    async def _check(self, prefix: str = "") -> None:
        """Byte by byte, those whose path begins so."""
        tree = await tree_of(self.sender)
        for path, sha256 in self.held.items():
            if path.startswith(prefix):
                assert path in tree, f"{path} was acknowledged and is gone"
                content = await self.sender.content(tree[path])
                assert hashlib.sha256(content).hexdigest() == sha256, (
                    f"{path} has other bytes: {len(content)}"
                )
                self.report.files += 1

    async def end(self) -> None:
        await all_forgotten(self.stack)
        await no_trial_left(self.stack)
        await fsck(self.stack)
        await self._check()
        for line in self.lines.http:
            self.report.faults.update({fault.name: times for fault, times in line.weather.happened.items()})
        for raw in self.lines.rpc.values():
            self.report.faults.update({f"rpc {it.name}": times for it, times in raw.happened.items()})
        self.report.repeats = self.sender.repeats + self.shell.repeats
        self.report.anew = self.sender.anew


async def storm(home: Path, *, seed: int, rounds: int, patience: float = 1.0) -> Report:
    """Fails if anything that was acknowledged is lost or other, if anything is stuck, or if anything stays behind."""
    chance, report = random.Random(seed), Report(seed)
    async with AsyncExitStack() as opened:
        lines = Lines(patience)
        opened.push_async_callback(lines.close)
        await lines.open()
        stack = StormyStack(home / "stack", lines)
        opened.push_async_callback(asyncio.to_thread, stack.down)
        await asyncio.to_thread(stack.up)
        sender = Sender(lines.url(lines.door))
        opened.push_async_callback(sender.close)
        await sender.sign_in()
        shell = ShellSender(sender, home)
        await shell.sign_in()
        it = Storm(stack, lines, sender, shell, chance, report)
        for _ in range(rounds):
            await it.round()
        await it.end()
    return report
