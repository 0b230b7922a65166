"""What clients do to a tree, and how a model of the tree explains what they were answered.

A deed is asked of anything that has hands for it: the use cases, or the REST API.
"""

from dataclasses import dataclass
from typing import Protocol

from file_metadata_service.app.placing import ConflictRule
from file_metadata_service.domain.names import name_key
from tests.fakes.metadata_model import ROOT, TreeModel


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


def left_by(deed: Deed, outcome: Outcome) -> tuple[str, str] | None:
    """The folder and the name that its node has afterwards, each "" if the answer does not say; None: in the trash."""
    match deed:
        case Trash():
            return None
        case MakeFolder(parent=parent) | Move(parent=parent) | CopyFile(parent=parent):
            return parent, outcome.name
        case _:
            return "", outcome.name


def _named(model: TreeModel, folder: str, asked: str, given: str, itself: str = "") -> bool:
    """The name that was asked for if it was free, else another one that was."""
    taken = {key for key, node_id in model.children(folder).items() if node_id != itself}
    return name_key(given) not in taken and (given == asked or name_key(asked) in taken)
