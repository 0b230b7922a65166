"""What clients do to a tree, what they are answered, and whether a model of the tree explains it.

A deed is asked of anything that has hands for it: the use cases, or the REST API. A `Recorder` asks, notes when, and
makes an event of it for `tests/linearizability.py`; whoever is told that the outcome is unknown asks again, as clients
do.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.names import name_key
from tests.fakes.metadata_model import ROOT, Refused, TreeModel
from tests.linearizability import Event, Sort

NAMES = ("a", "A", "b", "ß", "SS", "a (2)", "10", "9")
NEW_RULES = (ConflictRule.FAIL, ConflictRule.RENAME)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`refusal`: the code; else where it landed, and which node has which name now. `seen`: names to ids, of a read."""

    seq: int = 0
    refusal: str = ""
    node_id: str = ""
    name: str = ""
    seen: frozenset[tuple[str, str]] = frozenset()


class Unknown(Exception):
    """No answer, or one that says to ask again."""


class Hands(Protocol):
    """Each raises Unknown, and answers a refusal as an outcome. `key` makes repeating a write harmless."""

    async def make_folder(self, key: str, parent: str, name: str, rule: ConflictRule) -> Outcome: ...

    async def upload(self, key: str, folder: str, name: str, rule: ConflictRule, size: int) -> Outcome: ...

    async def move(self, key: str, node: str, parent: str, name: str, rule: ConflictRule) -> Outcome: ...

    async def trash(self, key: str, node: str) -> Outcome: ...

    async def restore(self, key: str, node: str, rule: ConflictRule) -> Outcome: ...

    async def copy_file(self, key: str, node: str, parent: str, name: str, rule: ConflictRule) -> Outcome: ...

    async def restore_version(self, key: str, node: str, number: int) -> Outcome: ...

    async def look(self, node: str) -> Outcome: ...

    async def names(self, folder: str) -> Outcome: ...


class Deed(Protocol):
    reads: bool

    async def ask(self, hands: Hands, key: str) -> Outcome: ...

    def demand(self, model: TreeModel) -> None:
        """Raises Refused as the service must."""
        ...

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        """Changes the model as the service did; False if it cannot have."""
        ...


@dataclass(frozen=True, slots=True)
class MakeFolder:
    parent: str
    name: str
    rule: ConflictRule
    reads = False

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.make_folder(key, self.parent, self.name, self.rule)

    def demand(self, model: TreeModel) -> None:
        model.check_folder(self.parent)
        model.check_free(self.parent, self.name, self.rule)

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        if not _named(model, self.parent, self.name, outcome.name):
            return False
        model.add(outcome.node_id, self.parent, outcome.name)
        return True


@dataclass(frozen=True, slots=True)
class Upload:
    folder: str
    name: str
    rule: ConflictRule
    size: int
    reads = False

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.upload(key, self.folder, self.name, self.rule, self.size)

    def demand(self, model: TreeModel) -> None:
        model.check_upload(self.folder, self.name, self.rule)
        model.check_room(self.size)

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        occupant = model.check_upload(self.folder, self.name, self.rule)
        if occupant is not None:
            if occupant != outcome.node_id:
                return False
            model.nodes[occupant].sizes.append(self.size)
            return True
        if not _named(model, self.folder, self.name, outcome.name):
            return False
        model.add(outcome.node_id, self.folder, outcome.name, size=self.size)
        return True


@dataclass(frozen=True, slots=True)
class Move:
    node: str
    parent: str
    name: str
    rule: ConflictRule
    reads = False

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.move(key, self.node, self.parent, self.name, self.rule)

    def demand(self, model: TreeModel) -> None:
        model.check_move(self.node, self.parent, self.name, self.rule)

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        if not _named(model, self.parent, self.name, outcome.name, itself=self.node):
            return False
        model.place(self.node, self.parent, outcome.name)
        return True


@dataclass(frozen=True, slots=True)
class Trash:
    node: str
    reads = False

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.trash(key, self.node)

    def demand(self, model: TreeModel) -> None:
        model.check_alive(self.node)

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        model.nodes[self.node].trashed = True
        return True


@dataclass(frozen=True, slots=True)
class Restore:
    node: str
    rule: ConflictRule
    reads = False

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.restore(key, self.node, self.rule)

    def demand(self, model: TreeModel) -> None:
        model.check_free(model.restore_target(self.node), model.nodes[self.node].name, self.rule)

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        target, name = model.restore_target(self.node), model.nodes[self.node].name
        if not _named(model, target, name, outcome.name):
            return False
        model.place(self.node, target, outcome.name)
        return True


@dataclass(frozen=True, slots=True)
class CopyFile:
    node: str
    parent: str
    name: str
    rule: ConflictRule
    reads = False

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.copy_file(key, self.node, self.parent, self.name, self.rule)

    def demand(self, model: TreeModel) -> None:
        model.check_file(self.node)
        model.check_folder(self.parent)
        model.check_free(self.parent, self.name, self.rule)
        model.check_room(model.nodes[self.node].sizes[-1])

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        if not _named(model, self.parent, self.name, outcome.name):
            return False
        model.add(outcome.node_id, self.parent, outcome.name, size=model.nodes[self.node].sizes[-1])
        return True


@dataclass(frozen=True, slots=True)
class RestoreVersion:
    node: str
    number: int
    reads = False

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.restore_version(key, self.node, self.number)

    def demand(self, model: TreeModel) -> None:
        model.check_file(self.node)
        model.check_room(model.past_size(self.node, self.number))

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        model.nodes[self.node].sizes.append(model.past_size(self.node, self.number))
        return outcome.node_id == self.node


@dataclass(frozen=True, slots=True)
class Look:
    node: str
    reads = True

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.look(self.node)

    def demand(self, model: TreeModel) -> None:
        model.check_alive(self.node)

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        return model.nodes[self.node].name == outcome.name if self.node != ROOT else True


@dataclass(frozen=True, slots=True)
class List:
    folder: str
    reads = True

    async def ask(self, hands: Hands, key: str) -> Outcome:
        return await hands.names(self.folder)

    def demand(self, model: TreeModel) -> None:
        model.check_folder(self.folder)

    def effect(self, model: TreeModel, outcome: Outcome) -> bool:
        children = model.children(self.folder).values()
        return {(model.nodes[node_id].name, node_id) for node_id in children} == outcome.seen


def _named(model: TreeModel, folder: str, asked: str, given: str, itself: str = "") -> bool:
    """The name that was asked for if it was free, else another one that was."""
    taken = {key for key, node_id in model.children(folder).items() if node_id != itself}
    return name_key(given) not in taken and (given == asked or name_key(asked) in taken)


@dataclass(slots=True)
class Recorder:
    """`ids`: of every node that ever was, and the root."""

    pause: Callable[[], Awaitable[None]]
    events: list[Event[TreeModel]] = field(default_factory=list)
    ids: list[str] = field(default_factory=lambda: [ROOT])
    unknown: int = 0
    _ticks: "count[int]" = field(default_factory=count)
    _keys: "count[int]" = field(default_factory=count)

    async def record(self, deed: Deed, choose: Callable[[], Hands]) -> Outcome:
        """Asks, with other hands each time, until there is an answer."""
        key, invoked = f"k{next(self._keys)}", next(self._ticks)
        while True:
            try:
                outcome = await deed.ask(choose(), key)
                break
            except Unknown:
                self.unknown += 1
                await self.pause()
        self.events.append(_event(deed, outcome, invoked, next(self._ticks)))
        if outcome.node_id and outcome.node_id not in self.ids:
            self.ids.append(outcome.node_id)
        return outcome


def _event(deed: Deed, outcome: Outcome, invoked: int, answered: int) -> Event[TreeModel]:
    def explain(model: TreeModel) -> TreeModel | None:
        try:
            deed.demand(model)
        except Refused as refused:
            return model if refused.code == outcome.refusal else None
        if outcome.refusal:
            return None
        if deed.reads:
            return model if deed.effect(model, outcome) else None
        after = model.copied()
        return after if deed.effect(after, outcome) else None

    sort = Sort.REFUSAL if outcome.refusal else Sort.READ if deed.reads else Sort.WRITE
    return Event(
        what=f"{deed} → {outcome}",
        sort=sort,
        invoked=invoked,
        answered=answered,
        seq=outcome.seq,
        explain=explain,
    )


def any_deed(chance: random.Random, ids: list[str], *, contents: bool = True) -> Deed:
    """Of nodes that ever were, trashed ones among them, with few names, so that clients meet.

    `contents`: files, their versions and copies, too.
    """
    node, other, name = chance.choice(ids), chance.choice([ROOT, *ids]), chance.choice(NAMES)
    rule = chance.choice(NEW_RULES)
    making: list[Deed] = [MakeFolder(other, name, rule)]
    if contents:
        making.append(Upload(other, name, chance.choice(list(ConflictRule)), chance.randrange(9)))
    changing: list[Deed] = [
        Move(node, other, name, rule),
        Move(node, other, name, rule),
        Trash(node),
        Restore(node, rule),
    ]
    if contents:
        changing += [CopyFile(node, other, name, rule), RestoreVersion(node, chance.randrange(1, 3))]
    reading: list[Deed] = [Look(node), List(other)]
    return chance.choice([*making, *making, *(changing if node != ROOT else making), *reading])
