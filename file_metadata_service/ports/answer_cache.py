"""Ports: answers that instances share, and the notes that prove them.

After each writing the instance that wrote notes which nodes it touched. An answer that was read at one head is still
true at a later one if there is a note of every writing in between, and none touched what the answer is about. What is
lost, an answer or a note, makes a miss, never an old answer: no clock and no delivery is trusted.
"""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from file_metadata_service.domain.drives import Drive
from file_metadata_service.domain.ids import NodeId, Position
from file_metadata_service.domain.nodes import Folder, Node
from file_metadata_service.ports.listings import PackedPage

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Placed:
    """A node and its ancestors, from the root down to its parent."""

    node: Node
    ancestors: tuple[Folder, ...]


class AnswerCache(Protocol[V]):
    """Answers of one kind. Never raises, and never holds anybody up for long: a cache that is away knows nothing."""

    async def get(self, head: Drive, key: str) -> V | None:
        """What was kept for that drive under that key, if it is proven true at that head.

        Whoever asks has read the head just now.
        """
        ...

    def keep(self, head: Drive, key: str, about: NodeId | None, answer: V) -> None:
        """It was read at that head, or holds newer rows of `about` already. Returns at once; may be lost.

        `about`: the node whose touching ends its truth. An older answer does not replace a newer one.
        """
        ...


class ChangeNotes(Protocol):
    def landed(self, position: Position, touched: frozenset[NodeId]) -> None:
        """The writing that moved the head there changed these nodes, or what stands in these folders.

        Returns at once and never raises; may be lost.
        """
        ...


class ReadWatch(Protocol):
    """What an operator may see of reads. Nothing depends on it, and it never fails."""

    def looked(self, kind: str, result: str) -> None:
        """`result`: memory, shared (with another request's), cache, or store."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """`places` are of the whole tree: any that was kept under another `tree_epoch` is not given."""

    pages: AnswerCache[PackedPage]
    places: AnswerCache[Placed]
    notes: ChangeNotes
    watch: ReadWatch
