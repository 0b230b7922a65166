"""Random commands by several clients at once, two instances, on the real engine with faults on the way, beside a model.

`STOWAGE_EXPLORE=20` tries twenty times as much.
"""

import asyncio
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chassis.dynamodb import open_dynamodb
from file_metadata_service.app.groups import GroupLimits
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.app.use_case_ports import Policy
from file_metadata_service.bootstrap import fsck_ports
from file_metadata_service.domain.ids import AccountId, Actor
from tests.deeds import CopyFile, Deed, List, Look, MakeFolder, Move, Restore, RestoreVersion, Trash, Upload
from tests.fakes.metadata_hands import ServiceHands
from tests.fakes.metadata_model import ROOT, TreeModel
from tests.faults import CONFLICT, LOST_AFTER, LOST_BEFORE, THROTTLED, Faults
from tests.histories import NAMES, Recorder
from tests.integration.file_metadata_service.aftermath import check_aftermath
from tests.integration.file_metadata_service.real_world import RealWorld, make_tables
from tests.linearizability import check
from tests.mirror import Mirror, ServiceSource, walked
from tests.told import Told

pytestmark = pytest.mark.judged_once

T = TypeVar("T")
EXPLORE = int(os.environ.get("STOWAGE_EXPLORE") or 1)
# AWS's emulator is a second opinion: a few runs of it do.
RUNS = 6 if os.environ.get("ENGINE", "dynoxide") == "dynoxide" else 2
QUOTA = 60
PICK = st.integers(0, 30)
NAME = st.sampled_from(NAMES)
RULE = st.sampled_from([ConflictRule.FAIL, ConflictRule.RENAME])
DEED = st.one_of(
    st.tuples(st.just(MakeFolder), PICK, NAME, RULE),
    st.tuples(st.just(Upload), PICK, NAME, st.sampled_from(ConflictRule), st.integers(0, 9)),
    st.tuples(st.just(Move), PICK, PICK, NAME, RULE),
    st.tuples(st.just(Trash), PICK),
    st.tuples(st.just(Restore), PICK, RULE),
    st.tuples(st.just(CopyFile), PICK, PICK, NAME, RULE),
    st.tuples(st.just(RestoreVersion), PICK, st.integers(1, 3)),
    st.tuples(st.just(Look), PICK),
    st.tuples(st.just(List), PICK),
)
# Which arguments are numbers, and no picks.
NUMBERS = {(Upload, 3), (RestoreVersion, 1)}
FAULTS = st.lists(st.sampled_from([CONFLICT, THROTTLED, LOST_BEFORE, LOST_AFTER]), max_size=2)


class Crowd(RuleBasedStateMachine):
    """`drives` gives each run an account of its own; picks are by number among all ids that ever were."""

    endpoint: str
    table_prefix: str
    drives: "count[int]"

    @initialize(commands=st.sampled_from([1, 4, 32]))
    def start(self, commands: int) -> None:
        self.runner = asyncio.Runner()
        self.open = AsyncExitStack()
        self.actor = Actor(AccountId(f"{next(self.drives):032x}"))
        faults = Faults()
        opening = open_dynamodb(endpoint=self.endpoint, region="us-east-1", wrap=faults.wrap)
        db = self.run(self.open.enter_async_context(opening))
        self.world = RealWorld(db, self.table_prefix, faults)
        policy = Policy(id_secret=b"secret", default_quota_bytes=QUOTA, limits=GroupLimits(commands=commands))
        self.services = [self.world.service(policy) for _ in range(2)]
        self.hands = [ServiceHands(service, self.actor) for service in self.services]
        self.recorder = Recorder(pause=lambda: asyncio.sleep(0))
        self.model, self.seq = TreeModel(quota=QUOTA), 0
        self.told = Told(ServiceSource(self.services[0], self.actor))
        self.mirror = Mirror(self.told)
        self.run(self.mirror.sync())

    @rule(picked=st.lists(DEED, min_size=1, max_size=6), faults=FAULTS)
    def at_once(self, picked: list[tuple[Any, ...]], faults: list[Any]) -> None:
        deeds = [deed for deed in (self.deed(*it) for it in picked) if getattr(deed, "node", "") != ROOT]
        for fault in faults:
            self.world.faults.inject("TransactWriteItems", fault)
        self.recorder.events.clear()
        self.run(self.ask(deeds))
        self.world.faults.clear()
        self.run(self.mirror.sync())
        self.model = check(
            self.model, self.recorder.events, begin=self.seq, told=self.told.agrees, fits=self.told.fits
        )
        self.seq = self.run(self.services[0].use.get_drive(self.actor)).seq

    def deed(self, sort: Any, *arguments: Any) -> Deed:
        """Numbers are picks."""
        ids = self.recorder.ids
        picked = [
            ids[it % len(ids)] if isinstance(it, int) and (sort, place) not in NUMBERS else it
            for place, it in enumerate(arguments)
        ]
        deed: Deed = sort(*picked)
        return deed

    async def ask(self, deeds: list[Deed]) -> None:
        turns = count()
        self.world.clock.pass_ms(1)
        async with asyncio.TaskGroup() as group:
            for deed in deeds:
                group.create_task(self.recorder.record(deed, lambda: self.hands[next(turns) % 2]))

    def teardown(self) -> None:
        try:
            ports = fsck_ports(self.world.db, self.table_prefix)
            self.run(check_aftermath(self.services[1], ports, self.model, self.actor))
            assert self.mirror.began == 1
            assert self.mirror.tree() == self.run(walked(self.mirror.source))
        finally:
            self.run(self.open.aclose())
            self.runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


@pytest.mark.timeout(60 * EXPLORE + 60)
def test_a_crowd_and_a_model_agree_at_every_step(dynamodb_endpoint: str, table_prefix: str) -> None:
    make_tables(dynamodb_endpoint, table_prefix)
    drives = count(1)

    class Here(Crowd):
        pass

    Here.endpoint, Here.table_prefix, Here.drives = dynamodb_endpoint, table_prefix, drives
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=RUNS * EXPLORE,
            stateful_step_count=20,
            deadline=None,
            # Whatever depends on who comes first can't be made smaller by trying again.
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
