"""What can be asked for many times in one request, and what came of each. Fields are called as in REST."""

from dataclasses import dataclass

from api_gateway.domain.nodes import Conflict, Node, TrashItem
from chassis.errors import DomainError

MAX_OPERATIONS = 1_000
MAX_STEPS = 10


@dataclass(frozen=True, slots=True)
class FolderCreation:
    """A new folder."""

    parent_id: str
    name: str
    conflict: Conflict


@dataclass(frozen=True, slots=True)
class NodeUpdate:
    """A new name, a new parent, or both; None leaves it as it is."""

    node_id: str
    name: str | None
    parent_id: str | None
    conflict: Conflict
    if_revision: int | None


@dataclass(frozen=True, slots=True)
class NodeTrashing:
    """Into the trash."""

    node_id: str
    if_revision: int | None


@dataclass(frozen=True, slots=True)
class NodeRestoration:
    """Out of the trash; None: where it was, as it was called."""

    node_id: str
    parent_id: str | None
    name: str | None
    conflict: Conflict


Operation = FolderCreation | NodeUpdate | NodeTrashing | NodeRestoration


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation came to, and the place in the drive's journal at which it did."""

    answer: Node | TrashItem
    position: str


Outcome = Done | DomainError


def last_position(outcomes: tuple[Outcome, ...]) -> str:
    """Where the drive's journal is after all of them; empty if nothing was done."""
    places = [outcome.position for outcome in outcomes if isinstance(outcome, Done)]
    return max(places, key=lambda place: int(place.rpartition(".")[2]), default="")
