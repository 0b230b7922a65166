"""Random commands by two instances, with faults, beside a model: at every step both agree."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chassis.errors import DomainError
from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.errors import NodeNotFound
from file_metadata_service.domain.ids import own_drive
from file_metadata_service.domain.names import name_key
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.ports.ledger import Shelf
from tests.fakes.metadata_model import ROOT, Refused, TreeModel
from tests.fakes.metadata_packing import ListedFile
from tests.fakes.metadata_service import ANN, FakeWorld, Service

T = TypeVar("T")
DRIVE = own_drive(ANN.account_id)
NAMES = st.sampled_from(["a", "A", "b", "ß", "SS", "a (2)", "10", "9"])
PICK = st.integers(0, 30)
RULES = st.sampled_from([ConflictRule.FAIL, ConflictRule.RENAME])
FAULTS = st.lists(st.sampled_from([None, "conflict", "lost", "applied"]), max_size=3)


class TreeMachine(RuleBasedStateMachine):
    """Picks by number among all ids that ever were, the trashed ones and the root among them."""

    @initialize(forgotten=st.booleans())
    def start(self, forgotten: bool) -> None:
        self.runner = asyncio.Runner()
        self.world = FakeWorld()
        self.world.store.faults.tokens_forgotten = forgotten
        self.services = [self.world.service(), self.world.service()]
        self.model = TreeModel()
        self.commands = 0

    def teardown(self) -> None:
        self.runner.close()

    @rule(at=PICK, name=NAMES, conflict=RULES, by=PICK, faults=FAULTS)
    def create_folder(
        self, at: int, name: str, conflict: ConflictRule, by: int, faults: list[str | None]
    ) -> None:
        parent = self.pick(at)
        with_model = self.expecting(
            lambda: (self.model.check_folder(parent), self.model.check_free(parent, name, conflict))
        )
        landed = self.do(
            by, faults, with_model, lambda it, key: it.mkdir(name, parent, rule=conflict, command=key)
        )
        if landed:
            self.model.add(landed.result.id, parent, landed.result.name)

    @rule(
        at=PICK,
        name=NAMES,
        conflict=st.sampled_from(ConflictRule),
        size=st.integers(0, 9),
        by=PICK,
        faults=FAULTS,
    )
    def upload(
        self, at: int, name: str, conflict: ConflictRule, size: int, by: int, faults: list[str | None]
    ) -> None:
        folder = self.pick(at)
        with_model = self.expecting(lambda: self.model.check_upload(folder, name, conflict))
        landed = self.do(
            by,
            faults,
            with_model,
            lambda it, key: it.commit(name, folder, blob=key, size=size, rule=conflict),
        )
        if landed and landed.result.id in self.model.nodes:
            self.model.nodes[landed.result.id].sizes.append(size)
        elif landed:
            self.model.add(landed.result.id, folder, landed.result.name, size=size)

    @rule(which=PICK, to=PICK, name=NAMES, conflict=RULES, by=PICK, faults=FAULTS)
    def move(
        self, which: int, to: int, name: str, conflict: ConflictRule, by: int, faults: list[str | None]
    ) -> None:
        node_id, parent = self.pick(which), self.pick(to)
        if node_id == ROOT:
            return
        with_model = self.expecting(lambda: self.model.check_move(node_id, parent, name, conflict))
        landed = self.do(
            by,
            faults,
            with_model,
            lambda it, key: it.update(node_id, name, parent, rule=conflict, command=key),
        )
        if landed:
            self.model.place(node_id, parent, landed.result.name)

    @rule(which=PICK, by=PICK, faults=FAULTS)
    def trash(self, which: int, by: int, faults: list[str | None]) -> None:
        node_id = self.pick(which)
        if node_id == ROOT:
            return
        with_model = self.expecting(lambda: self.model.check_alive(node_id))
        self.world.clock.pass_ms(1)
        if self.do(by, faults, with_model, lambda it, key: it.trash(node_id, command=key)):
            self.model.nodes[node_id].trashed = True

    @rule(which=PICK, conflict=RULES, by=PICK, faults=FAULTS)
    def restore(self, which: int, conflict: ConflictRule, by: int, faults: list[str | None]) -> None:
        node_id = self.pick(which)

        def check() -> None:
            target = self.model.restore_target(node_id)
            self.model.check_free(target, self.model.nodes[node_id].name, conflict)

        with_model = self.expecting(check)
        landed = self.do(
            by, faults, with_model, lambda it, key: it.restore(node_id, rule=conflict, command=key)
        )
        if landed:
            self.model.place(node_id, self.model.restore_target(node_id), landed.result.name)

    @invariant()
    def both_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        assert self.run(self.walk(self.services[0], ROOT)) == self.expected(ROOT)
        assert self.run(self.found_by_id(self.services[1])) == self.run(self.found_by_path(self.services[0]))
        drive = self.run(self.services[1].use.get_drive(ANN))
        assert drive.bytes_used == self.model.bytes_used
        assert drive.file_count == sum(not node.is_folder for node in self.model.nodes.values())

    @invariant()
    def the_store_is_consistent(self) -> None:
        if not hasattr(self, "world"):
            return
        rows = self.world.store.rows
        nodes = {
            row.id: row
            for key, row in rows.items()
            if key.shelf in (Shelf.FOLDER, Shelf.FILE) and isinstance(row, Folder | File)
        }
        entries = {
            row.id: row
            for key, row in rows.items()
            if key.shelf is Shelf.ENTRY and isinstance(row, Folder | File)
        }
        trashed = {key.sort.partition("#")[2] for key in rows if key.shelf is Shelf.TRASH}
        assert entries == {node_id: node for node_id, node in nodes.items() if node.trashed_at_ms is None}
        assert trashed == {node_id for node_id, node in nodes.items() if node.trashed_at_ms is not None}
        head = self.world.store.heads.get(DRIVE)
        assert len(self.world.store.journal) == (head.seq if head else 0)

    def do(self, by: int, faults: list[str | None], refusal: str | None, command: Any) -> Any:
        """Sends the command, and its repeat through the other instance; None if it was refused as foretold."""
        self.commands += 1
        key = f"k{self.commands}"
        self.world.store.faults.writes = list(faults)
        try:
            landed = self.run(command(self.services[by % 2], key))
        except DomainError as error:
            seen: str | None = error.code
            landed = None
        else:
            seen = None
        self.world.store.faults.writes = []
        assert seen == refusal
        if landed is None:
            return None
        assert self.run(command(self.services[(by + 1) % 2], key)) == landed
        return landed

    def expecting(self, check: Any) -> str | None:
        try:
            check()
        except Refused as refused:
            return refused.code
        return None

    def pick(self, number: int) -> str:
        ids = [ROOT, *self.model.nodes]
        return ids[number % len(ids)]

    def expected(self, folder: str) -> dict[str, Any]:
        return {
            key: (self.expected(node_id) if node.is_folder else node.sizes[-1])
            for key, node_id in self.model.children(folder).items()
            for node in (self.model.nodes[node_id],)
        }

    async def walk(self, service: Service, folder: str) -> dict[str, Any]:
        page = await service.page(folder, limit=1000)
        return {
            name_key(node.name): (
                node.size if isinstance(node, ListedFile) else await self.walk(service, node.id)
            )
            for node in page.items
        }

    async def found_by_id(self, service: Service) -> dict[str, str]:
        """The path of every node that there is, by its ancestors; those that should not be there are not."""
        paths = dict[str, str]()
        for node_id in self.model.nodes:
            if self.model.lives(node_id):
                found = await service.get(node_id)
                paths[node_id] = "/".join([*(it.name for it in found.ancestors), found.node.name])
            else:
                with pytest.raises(NodeNotFound):
                    await service.get(node_id)
        return paths

    async def found_by_path(self, service: Service) -> dict[str, str]:
        """The node at every path where the model says that there is one, and nothing at the others' old ones."""
        paths = dict[str, str]()
        for node_id in self.model.nodes:
            path = self.model.path(node_id)
            try:
                found = await service.use.resolve_path(ANN, path)
            except NodeNotFound:
                assert not self.model.lives(node_id)
            else:
                assert self.model.lives(found.node.id)
                if self.model.lives(node_id):
                    paths[found.node.id] = "/".join(["", *path])
        return paths

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


TestTree = TreeMachine.TestCase
TestTree.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
