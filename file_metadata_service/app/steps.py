"""Steps: what may be done to a node, in four strokes, so that several can be judged by what they come to together.

Two names that are swapped collide at every moment but the last. So all nodes are looked up as they were, all are
taken from where they were, and only then each is held against what the tree will be.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from file_metadata_service.app.tree import Tree
from file_metadata_service.domain.ids import NodeId
from file_metadata_service.ports.ledger import Key

B = TypeVar("B")
R_co = TypeVar("R_co", covariant=True)


class TreeStep(Protocol[B, R_co]):
    """`B` is what it must know of the node as it was before the command. Each stroke raises DomainError, or
    RowsMissing if it cannot tell yet.
    """

    @property
    def node_id(self) -> NodeId: ...

    @property
    def comes_last(self) -> bool:
        """It takes whatever name the others leave free."""
        ...

    def first_keys(self, tree: Tree) -> Iterable[Key]:
        """The rows that it will surely ask for."""
        ...

    def find(self, tree: Tree) -> B:
        """Looks at the tree as it was before the command."""
        ...

    def leave(self, tree: Tree, before: B) -> None:
        """Takes the node from where it was; from now on its chain is the final one, its name stands nowhere."""
        ...

    def settle(self, tree: Tree, before: B) -> bool:
        """Chooses the place anew, where it depends on the others'; says whether it is another one than before."""
        ...

    def arrive(self, tree: Tree, before: B) -> R_co:
        """Puts the node where it belongs, if the final tree allows."""
        ...


def alone(step: TreeStep[B, R_co], tree: Tree) -> R_co:
    """The only step of its command."""
    before = step.find(tree)
    step.leave(tree, before)
    step.settle(tree, before)
    return step.arrive(tree, before)
