"""Thirty-two clients at three instances on the real engine, with faults: one winner where one is allowed.

What each was told is explained by a model that follows the drive's numbers; a mirror that followed meanwhile has the
tree in the end, and fsck finds nothing.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field

import pytest

from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.bootstrap import fsck_ports
from tests.deeds import Deed, MakeFolder, Move, Outcome, Upload
from tests.fakes.metadata_hands import ServiceHands
from tests.fakes.metadata_model import ROOT, TreeModel
from tests.fakes.metadata_service import ANN, Service
from tests.faults import Fault
from tests.histories import Recorder, any_deed
from tests.integration.file_metadata_service.aftermath import check_aftermath
from tests.integration.file_metadata_service.real_world import RealWorld
from tests.linearizability import check
from tests.mirror import Mirror, ServiceSource, walked
from tests.told import Told

pytestmark = pytest.mark.judged_once

CLIENTS, QUOTA, SIZE = 32, 100, 9


@dataclass(slots=True)
class Crowd:
    """Clients, each with deeds of its own."""

    world: RealWorld
    services: list[Service]
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    recorder: Recorder = field(default_factory=lambda: Recorder(pause=lambda: asyncio.sleep(0)))

    async def ask(self, deeds: Sequence[Deed]) -> list[Outcome]:
        """One after the other, by whichever instance."""
        hands = [ServiceHands(service) for service in self.services]
        return [await self.recorder.record(deed, lambda: self.chance.choice(hands)) for deed in deeds]

    async def all_at_once(self, clients: Sequence[Awaitable[list[Outcome]]]) -> list[Outcome]:
        """Under faults, while a mirror follows; then everything is held against everything."""
        for _ in range(8):
            skip = self.chance.randrange(20)
            self.world.faults.inject("TransactWriteItems", self.chance.choice(list(Fault)), skip=skip)
        told, done = Told(ServiceSource(self.services[0])), asyncio.Event()
        mirror = Mirror(told)
        following = asyncio.create_task(_follow(mirror, done))
        outcomes = await asyncio.gather(*clients)
        done.set()
        await following
        self.world.faults.clear()
        await mirror.sync()
        model = check(TreeModel(quota=QUOTA), self.recorder.events, told=told.agrees, fits=told.fits)
        ports = fsck_ports(self.world.db, self.world.table_prefix)
        await check_aftermath(self.services[1], ports, model, ANN)
        await mirror.sync()
        assert mirror.tree() == await walked(mirror.source)
        return [outcome for each in outcomes for outcome in each]


async def _follow(mirror: Mirror, done: asyncio.Event) -> None:
    while not done.is_set():
        await mirror.sync()
        await asyncio.sleep(0)


@pytest.fixture
def crowd(world: RealWorld) -> Crowd:
    policy = Policy(id_secret=b"secret", default_quota_bytes=QUOTA)
    return Crowd(world, [world.service(policy) for _ in range(3)])


async def test_of_those_who_race_for_a_name_one_wins(crowd: Crowd) -> None:
    names = [f"name {number}" for number in range(6)]

    def deeds() -> list[Deed]:
        mine = crowd.chance.sample(names, len(names))
        return [MakeFolder(ROOT, name, ConflictRule.FAIL) for name in mine]

    outcomes = await crowd.all_at_once([crowd.ask(deeds()) for _ in range(CLIENTS)])

    assert Counter(outcome.name for outcome in outcomes if not outcome.refusal) == Counter(names)
    assert {outcome.refusal for outcome in outcomes} == {"", "name_taken"}


async def test_of_moves_that_together_would_make_a_circle_one_is_refused(crowd: Crowd) -> None:
    pairs = CLIENTS // 2
    made = await crowd.ask([MakeFolder(ROOT, f"{it}", ConflictRule.FAIL) for it in range(2 * pairs)])
    ids = [outcome.node_id for outcome in made]

    def into(number: int) -> list[Deed]:
        return [Move(ids[number], ids[number ^ 1], "x", ConflictRule.FAIL)]

    outcomes = await crowd.all_at_once([crowd.ask(into(number)) for number in range(2 * pairs)])

    refusals = [outcome.refusal for outcome in outcomes]
    assert sorted(refusals) == [""] * pairs + ["would_make_cycle"] * pairs
    for first in range(0, 2 * pairs, 2):
        assert "" in refusals[first : first + 2] != ["", ""]


async def test_of_uploads_that_together_exceed_the_quota_as_many_fit_as_there_is_room_for(
    crowd: Crowd,
) -> None:
    outcomes = await crowd.all_at_once(
        [crowd.ask([Upload(ROOT, f"{number}", ConflictRule.FAIL, SIZE)]) for number in range(CLIENTS)]
    )

    wins = QUOTA // SIZE
    assert Counter(outcome.refusal for outcome in outcomes) == {"": wins, "quota_exceeded": CLIENTS - wins}


async def test_whatever_many_clients_do_is_linearizable(crowd: Crowd) -> None:
    async def client(turns: int = 6) -> list[Outcome]:
        told = list[Outcome]()
        for _ in range(turns):
            told += await crowd.ask([any_deed(crowd.chance, crowd.recorder.ids)])
            crowd.world.clock.pass_ms(1)
        return told

    outcomes = await crowd.all_at_once([client() for _ in range(CLIENTS)])
    assert len(outcomes) == 6 * CLIENTS
