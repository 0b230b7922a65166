"""Many commands at once by three instances, with faults: whatever was answered was true at some head meanwhile."""

import asyncio
import random
from dataclasses import dataclass, field, replace

import pytest

from chassis.errors import DomainError, Unavailable
from file_metadata_service.app.commands import Change, Command, Landed, Step
from file_metadata_service.app.commit_blob import CommitBlob
from file_metadata_service.app.create_folder import CreateFolder
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.memory import KnownRows
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.restore_node import RestoreNode
from file_metadata_service.app.together import Together
from file_metadata_service.app.trash_node import TrashNode
from file_metadata_service.app.tree import Tree
from file_metadata_service.app.update_node import UpdateNode
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.domain.ids import NodeId, own_drive
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.ports.ledger import Key, Row
from tests.fakes.metadata_service import ANN, FakeWorld, Service, a_blob, updating

DRIVE = own_drive(ANN.account_id)
NAMES = ("a", "A", "b", "ss", "ß", "a (2)")
ONE_BY_ONE = Policy(id_secret=b"secret", default_quota_bytes=60, limits=GroupLimits(commands=1))
IN_GROUPS = replace(ONE_BY_ONE, limits=GroupLimits(commands=8, items=20))


@dataclass(slots=True)
class Asked:
    """A command, what became of it, and between which heads."""

    change: Change[object]
    first_seq: int
    last_seq: int = 0
    outcome: object = None


@dataclass(slots=True)
class Crowd:
    """Picks by chance among all nodes that ever were."""

    chance: random.Random
    policy: Policy
    world: FakeWorld = field(default_factory=FakeWorld)
    ids: list[str] = field(default_factory=lambda: ["root"])
    asked: list[Asked] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)

    def a_change(self) -> Change[object]:
        pick, number = self.chance.choice, len(self.asked)
        rule, name, node_id, parent = (
            pick(list(ConflictRule)[:2]),
            pick(NAMES),
            pick(self.ids),
            pick(self.ids),
        )
        elsewhere = pick([None, parent])
        steps: list[Step[object]] = [
            CreateFolder(actor=ANN, node_id=NodeId(f"{number:032x}"), parent_id=parent, name=name, rule=rule),
            UpdateNode(
                actor=ANN,
                node_id=NodeId(node_id),
                name=name,
                parent_id=elsewhere,
                rule=rule,
                if_revision=None,
            ),
            TrashNode(actor=ANN, node_id=NodeId(node_id), if_revision=None),
            RestoreNode(actor=ANN, node_id=NodeId(node_id), parent_id=elsewhere, name=None, rule=rule),
        ]
        commit = CommitBlob(
            actor=ANN,
            node_id=NodeId(f"{number:032x}"),
            blob=a_blob(f"blob{number}", size=self.chance.randrange(9)),
            folder_id=parent,
            name=name,
            rule=pick(list(ConflictRule)),
            if_revision=None,
        )
        other = self.chance.choice(self.ids)
        if other != node_id:
            steps.append(Together((updating(node_id, name, elsewhere), updating(other, pick(NAMES), parent))))
        step = pick([*steps, None])
        if step is None:
            return commit
        return Command(actor=ANN, command_id=f"k{number}", request_hash="", step=step)  # type: ignore[type-var]  # any

    async def ask(self) -> None:
        """By one instance, now and then by another at the same time."""
        asked = Asked(self.a_change(), self.seq)
        self.asked.append(asked)
        services = self.chance.sample(self.services, self.chance.choice([1, 1, 2]))
        outcomes = await asyncio.gather(
            *(it.use.committers.of(DRIVE).submit(asked.change) for it in services), return_exceptions=True
        )
        asked.last_seq = self.seq
        landed = [it for it in outcomes if isinstance(it, Landed)]
        assert len({it.position.seq for it in landed}) <= 1
        asked.outcome = landed[0] if landed else outcomes[0]
        if landed and isinstance(landed[0].result, Folder | File):
            self.ids.append(landed[0].result.id)

    async def act(self) -> None:
        self.services = [self.world.service(self.policy) for _ in range(3)]
        for service in self.services:
            parts = service.use.committers.parts
            service.use.committers.parts = replace(parts, rows_kept=self.chance.choice([3, 1000]))
        await self.services[0].mkdir("x", command="first")
        for _ in range(10):
            faults = self.world.store.faults
            faults.writes = self.chance.choices([None, "conflict", "lost", "applied"], k=3)
            faults.reads = self.chance.choices([None, None, "unavailable"], k=2)
            await asyncio.gather(*(self.ask() for _ in range(self.chance.randrange(1, 12))))
        faults.writes, faults.reads = [], []

    @property
    def seq(self) -> int:
        head = self.world.store.heads.get(DRIVE)
        return head.seq if head else 0

    def trees(self) -> list[Tree]:
        """The drive at every head, made anew from its journal."""
        rows: dict[Key, Row | None] = {}
        trees = list[Tree]()
        for seq in range(self.seq + 1):
            writing = self.world.store.journal.get((DRIVE, seq))
            rows = rows | ({item.key: item.after for item in writing.items} if writing else {})
            head = writing.after if writing else self.world.store.journal[DRIVE, 1].before
            trees.append(Tree(head, _Everything(seq, {}, rows), now_ms=self.world.clock.now_ms()))
        return trees


class _Everything(KnownRows):
    """What is not there is known not to be there."""

    def __contains__(self, key: Key) -> bool:
        return True

    def __getitem__(self, key: Key) -> Row | None:
        return self.rows.get(key)


def refusal_at(tree: Tree, change: Change[object]) -> str | None:
    try:
        change(tree.branch())
    except DomainError as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("seed", range(25))
async def test_every_refusal_was_true_at_a_head_while_it_was_asked(seed: int) -> None:
    crowd = Crowd(random.Random(seed), ONE_BY_ONE)
    await crowd.act()
    trees = crowd.trees()
    for asked in crowd.asked:
        if not isinstance(asked.outcome, Unavailable | Landed):
            assert isinstance(asked.outcome, DomainError), asked.outcome
            span = trees[asked.first_seq : asked.last_seq + 1]
            assert asked.outcome.code in {refusal_at(tree, asked.change) for tree in span}


@pytest.mark.parametrize("policy", [ONE_BY_ONE, IN_GROUPS])
@pytest.mark.parametrize("seed", range(25))
async def test_what_landed_is_written_once_and_repeats_its_answer(seed: int, policy: Policy) -> None:
    crowd = Crowd(random.Random(seed), policy)
    await crowd.act()
    seq = crowd.seq
    for asked in crowd.asked:
        if isinstance(asked.outcome, Landed):
            again = await crowd.services[0].use.committers.of(DRIVE).submit(asked.change)
            assert again == asked.outcome
    assert crowd.seq == seq == max(seq for _, seq in crowd.world.store.journal)
    assert crowd.trees()[-1].drive.bytes_used <= 60
