"""What happened to a drive, as clients see it. Fields are called as in REST, as those of nodes are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api_gateway.domain.nodes import Node


@dataclass(frozen=True, slots=True)
class Placed:
    """The node stands in the tree, as it says."""

    actor: str
    node: Node
    kind: Literal["placed"] = "placed"


@dataclass(frozen=True, slots=True)
class GoneNode:
    """What is left to say of a node that was deleted."""

    id: str
    kind: Literal["folder", "file"]
    name: str
    revision: int
    seq: int
    parent_id: None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """The node has left the tree, with all that is below it."""

    actor: str
    node: GoneNode
    kind: Literal["deleted"] = "deleted"


Change = Placed | Deleted


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """All that one transaction changed: at most one change for each node. `cursor`: the place behind it."""

    seq: int
    at: datetime
    changes: tuple[Change, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """`more`: whether something stands behind `next_cursor` already."""

    items: tuple[JournalEntry, ...]
    next_cursor: str
    more: bool
