"""Several steps that are one command: judged by what they come to together, written together or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from chassis.errors import DomainError, InvalidArgument
from file_metadata_service.app.steps import TreeStep
from file_metadata_service.app.tree import RowsMissing, Tree
from file_metadata_service.domain.errors import StepRefused, StepsOverlap
from file_metadata_service.domain.nodes import Node
from file_metadata_service.domain.trash import TrashItem
from file_metadata_service.ports.ledger import Key

MAX_STEPS = 10
T = TypeVar("T")
AnyStep = TreeStep[Any, Node | TrashItem]


@dataclass(frozen=True, slots=True)
class Together:
    """1 to 10 steps, each on a node of its own. Nodes are looked up as they were before, new places as they will
    be after all steps.
    """

    steps: tuple[AnyStep, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.steps) <= MAX_STEPS:
            raise InvalidArgument(f"A command has 1 to {MAX_STEPS} steps.")
        seen = set[str]()
        for index, step in enumerate(self.steps):
            if step.node_id in seen:
                raise StepRefused(index, StepsOverlap("Another step changes this item already."))
            seen.add(step.node_id)

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        found = _each(range(len(self.steps)), lambda index: tuple(self.steps[index].first_keys(tree)))
        return [key for keys in found.values() for key in keys]

    def __call__(self, tree: Tree) -> tuple[Node | TrashItem, ...]:
        """Raises StepRefused with what a step raised."""
        steps, all_of_them = self.steps, range(len(self.steps))
        before = _each(all_of_them, lambda index: steps[index].find(tree))
        _each(all_of_them, lambda index: steps[index].leave(tree, before[index]))
        for _ in steps:  # each round places at least one more of those that hang below others
            moved = _each(all_of_them, lambda index: steps[index].settle(tree, before[index]))
            if not any(moved.values()):
                break
        order = sorted(all_of_them, key=lambda index: steps[index].comes_last)
        results = _each(order, lambda index: steps[index].arrive(tree, before[index]))
        return tuple(results[index] for index in all_of_them)


def _each(order: Iterable[int], stroke: Callable[[int], T]) -> dict[int, T]:
    """By index. Rows that any of them lacks are asked for at once. Raises RowsMissing, StepRefused."""
    results, missing = dict[int, T](), set[Key]()
    for index in order:
        try:
            results[index] = stroke(index)
        except RowsMissing as lack:
            missing |= lack.keys
        except DomainError as refusal:
            if not missing:
                raise StepRefused(index, refusal) from refusal
    if missing:
        raise RowsMissing(frozenset(missing))
    return results
