"""Random commands of several steps beside a model that knows only their final state."""

import random
from dataclasses import dataclass, field

import pytest

from file_metadata_service.app.together import AnyStep
from file_metadata_service.domain.errors import StepRefused
from file_metadata_service.domain.names import name_key
from file_metadata_service.domain.nodes import File, Folder
from file_metadata_service.ports.ledger import Shelf
from tests.fakes.metadata_service import FakeWorld, Service, restoring, trashing, updating

ROOT = "root"
NAMES = ("a", "A", "b", "c")


@dataclass(slots=True)
class Place:
    parent: str
    name: str
    trashed: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """One step: what is to become of a node. None leaves it as it is; a restored one goes where it was."""

    kind: str
    node: str
    name: str | None = None
    parent: str | None = None

    def step(self) -> AnyStep:
        if self.kind == "trash":
            return trashing(self.node)
        if self.kind == "update":
            return updating(self.node, self.name, self.parent)
        return restoring(self.node, self.parent, self.name)


@dataclass(slots=True)
class Model:
    places: dict[str, Place] = field(default_factory=dict)

    def lives(self, node: str) -> bool:
        seen = set[str]()
        while node != ROOT:
            if node in seen or self.places[node].trashed:
                return False
            seen.add(node)
            node = self.places[node].parent
        return True

    def nearest(self, folder: str) -> str:
        found, at, seen = folder, folder, set[str]()
        while at != ROOT and at not in seen:
            seen.add(at)
            if self.places[at].trashed:
                found = self.places[at].parent
            at = self.places[at].parent
        return found if at == ROOT else folder

    def after(self, wishes: list[Wish]) -> "Model | None":
        """The tree as it will be; None if it may not be."""
        for wish in wishes:
            there = self.places[wish.node].trashed if wish.kind == "restore" else self.lives(wish.node)
            if not there:
                return None
        final = Model({node: Place(it.parent, it.name, it.trashed) for node, it in self.places.items()})
        for wish in wishes:
            place = final.places[wish.node]
            place.trashed = wish.kind == "trash"
            place.name, place.parent = wish.name or place.name, wish.parent or place.parent
        homeless = [wish.node for wish in wishes if wish.kind == "restore" and wish.parent is None]
        for _ in homeless:
            for node in homeless:
                final.places[node].parent = final.nearest(self.places[node].parent)
        return final if final.allows(self, wishes) else None

    def allows(self, before: "Model", wishes: list[Wish]) -> bool:
        for wish in wishes:
            new, old = self.places[wish.node], before.places[wish.node]
            comes = wish.kind == "restore" or (wish.kind == "update" and new.parent != old.parent)
            if comes and not self.lives(new.parent):
                return False
        taken = [(it.parent, name_key(it.name)) for it in self.places.values() if not it.trashed]
        return len(taken) == len({*taken})


def some_wishes(chance: random.Random, model: Model) -> list[Wish]:
    nodes = chance.sample(sorted(model.places), k=chance.randrange(1, 6))
    wishes = []
    for node in nodes:
        dead = model.places[node].trashed
        kind = chance.choice(["restore", "restore", "update"] if dead else ["update"] * 4 + ["trash"])
        name = chance.choice([None, *NAMES])
        parent = chance.choice([None, ROOT, *model.places])
        wishes.append(Wish(kind, node, name, parent) if kind != "trash" else Wish(kind, node))
    return wishes


async def stands(service: Service, world: FakeWorld) -> dict[str, Place]:
    """What the store holds, with each entry held against its node."""
    nodes = {
        key.partition: row
        for key, row in world.store.rows.items()
        if key.shelf is Shelf.FOLDER and isinstance(row, Folder)
    }
    entries = {
        (key.partition, key.sort): row
        for key, row in world.store.rows.items()
        if key.shelf is Shelf.ENTRY and isinstance(row, Folder | File)
    }
    living = [node for node in nodes.values() if node.trashed_at_ms is None]
    assert entries == {(str(node.parent_id), node.entry_key): node for node in living}
    root = (await service.use.get_drive(next(iter(world.store.journal.values())).changes[0].actor)).root.id
    return {
        node_id: Place(
            ROOT if node.parent_id == root else str(node.parent_id), node.name, node.trashed_at_ms is not None
        )
        for node_id, node in nodes.items()
    }


@pytest.mark.parametrize("seed", range(10))
async def test_steps_come_to_what_the_model_says_or_to_nothing(seed: int) -> None:
    chance, world = random.Random(seed), FakeWorld()
    service, model = world.service(), Model()
    for number in range(7):
        parent = chance.choice([ROOT, *model.places])
        node = (await service.mkdir(f"f{number}", parent)).result
        model.places[node.id] = Place(parent, node.name)
    done = 0
    for _ in range(40):
        wishes = some_wishes(chance, model)
        expected = model.after(wishes)
        try:
            await chance.choice([service, world.service()]).together(*(wish.step() for wish in wishes))
        except StepRefused:
            assert expected is None, wishes
        else:
            assert expected is not None, wishes
            model, done = expected, done + 1
        assert await stands(service, world) == model.places
    assert done > 0
