"""The group committer beside bare transactions with the same items: what grouping brings, and what it costs.

The bare ones are requests that were built beforehand, sent one after the other as the drive's head demands; they are
encoded and signed, and that is all. Everything runs in this process, on one engine, in turns.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

from bench.arena import together
from bench.engine import Engine
from bench.findings import Finding, at_least, middle
from bench.landscape import Landscape
from chassis.dynamodb.values import Wire
from file_metadata_service.app.change_tree import Caller
from file_metadata_service.app.create_folder import CreateFolder
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.tree import own_key
from file_metadata_service.app.use_cases import UseCases
from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import AccountId, Actor, DriveId, NodeId
from file_metadata_service.domain.journal import COMMAND_MEMORY_MS, Change, CommandRecord
from file_metadata_service.domain.nodes import Folder, new_folder
from file_metadata_service.ports.ledger import Item, Key, Shelf, Writing, command_key

ROUNDS, CLIENTS, COMMANDS = 5, 16, 640


@dataclass(slots=True)
class _Rates:
    """Commands per second in each round, by who made them."""

    by_name: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, rate: float) -> None:
        self.by_name.setdefault(name, []).append(rate)

    def ratio(self, one: str, other: str) -> float:
        """The median of the ratios of each round: what else the machine did hits both."""
        pairs = zip(self.by_name[one], self.by_name[other], strict=True)
        return middle([a / b for a, b in pairs])

    def said(self, *names: str) -> str:
        return ", ".join(f"{middle(self.by_name[name]):.0f}/s" for name in names)


async def measure(land: Landscape) -> list[Finding]:
    engine, rates = land.engine, _Rates()
    count = max(land.arena.size(COMMANDS), 8 * CLIENTS)
    group = 1
    for _ in range(ROUNDS):
        engine.watch.groups.clear()
        rates.add("committer", await _committer(engine.use_cases(), count, drives=1))
        group = max(1, round(mean(engine.watch.groups)))
        rates.add("16 drives", await _committer(engine.use_cases(), 2 * count, drives=16))
        rates.add("ungrouped", await _committer(engine.use_cases(group_commands=1), count // 4, drives=1))
        rates.add("bare, serial", await _bare(engine, count // 4, group=1))
        rates.add("bare, grouped", await _bare(engine, count, group=group))
    return [
        at_least(
            "small commits by 16 clients on one drive, beside a serial loop of bare transactions",
            rates.ratio("committer", "bare, serial"),
            3,
            " ×",
            more=rates.said("committer", "bare, serial"),
        ),
        at_least(
            f"the same, beside bare transactions of the groups' size ({group} commands)",
            rates.ratio("committer", "bare, grouped"),
            0.6,
            " ×",
            more=rates.said("bare, grouped"),
        ),
        at_least(
            "the same, beside groups of one",
            rates.ratio("committer", "ungrouped"),
            1,
            " ×",
            more=rates.said("ungrouped"),
        ),
        at_least(
            "the same on 16 drives, by 16 clients on each",
            rates.ratio("16 drives", "committer"),
            1,
            " ×",
            more=rates.said("16 drives"),
        ),
    ]


async def _committer(use: UseCases, count: int, *, drives: int) -> float:
    """New folders per second, by 16 clients on each drive."""
    clients = CLIENTS * drives
    actors = [Actor(AccountId(secrets.token_hex(16))) for _ in range(drives)]
    # Made beforehand, as the bare ones are: what clients do is no part of what the committer takes.
    asked = [
        [
            _command(use, actors[number % drives], f"folder {number} {turn}")
            for turn in range(count // clients)
        ]
        for number in range(clients)
    ]

    async def client(commands: Sequence[tuple[Caller, CreateFolder]]) -> None:
        for caller, step in commands:
            await use.change.submit(caller, step)

    started = time.perf_counter()
    await together(client(commands) for commands in asked)
    return count // clients * clients / (time.perf_counter() - started)


def _command(use: UseCases, actor: Actor, name: str) -> tuple[Caller, CreateFolder]:
    caller = Caller(actor=actor, command_id=secrets.token_hex(16), request_hash="0" * 64)
    node_id = use.change.new_folder_id(caller)
    step = CreateFolder(actor=actor, node_id=node_id, parent_id="root", name=name, rule=ConflictRule.FAIL)
    return caller, step


async def _bare(engine: Engine, count: int, *, group: int) -> float:
    requests = await _requests(engine, count, group)
    started = time.perf_counter()
    for request in requests:
        await engine.tape.call("TransactWriteItems", request)
    return count / (time.perf_counter() - started)


async def _requests(engine: Engine, count: int, group: int) -> Sequence[Wire]:
    """What the committer would send for so many new folders in groups of that size."""
    head = await engine.drive(DriveId(secrets.token_hex(16)))
    engine.tape.records = True
    try:
        for first in range(0, count, group):
            names = [f"folder {number}" for number in range(first, min(first + group, count))]
            writing = _writing(head, names, engine.ports.clock.now_ms())
            await engine.ledger.write(writing)
            head = writing.after
        return tuple(engine.tape.kept)
    finally:
        engine.tape.records = False
        engine.tape.kept.clear()


def _writing(head: Drive, names: Sequence[str], at_ms: int) -> Writing:
    actor, seq = Actor(AccountId(head.id)), head.seq + 1
    folders = [
        new_folder(NodeId(secrets.token_hex(16)), head.root, name, at_ms=at_ms, seq=seq) for name in names
    ]
    return Writing(
        before=head,
        after=head.advanced(),
        token=secrets.token_hex(16),
        at_ms=at_ms,
        changes=tuple(Change(folder, actor) for folder in folders),
        items=tuple(item for folder in folders for item in _items(folder, actor, at_ms)),
    )


def _items(folder: Folder, actor: Actor, at_ms: int) -> tuple[Item, ...]:
    record = CommandRecord(
        actor=actor,
        command_id=secrets.token_hex(16),
        request_hash="0" * 64,
        result=folder,
        seq=folder.seq,
        expires_at_ms=at_ms + COMMAND_MEMORY_MS,
    )
    entry = Key(Shelf.ENTRY, str(folder.parent_id), folder.entry_key)
    command = command_key(folder.drive_id, actor, record.command_id)
    return (Item(own_key(folder), None, folder), Item(entry, None, folder), Item(command, None, record))
