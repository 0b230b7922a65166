"""What happened to a drive."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from api_gateway.adapters.http.models.bases import ID, LATER, OTHER_ID, Answer, Id, sample
from api_gateway.adapters.http.models.nodes import FILE_SAMPLE, Node

CURSOR = "Zk1x0tSLaZ8q5v1ZOWY4NmQwODE4ODRjN2Q2NTlhMmZlYWEwYzU1YWQwMTUuNjAzMDNhZTIuNDE"
_GONE: dict[str, Any] = {
    "id": OTHER_ID,
    "kind": "folder",
    "name": "drafts",
    "revision": 1,
    "seq": 41,
    "parent_id": None,
}
_PLACED = {"kind": "placed", "actor": f"account:{ID}", "node": FILE_SAMPLE}
_DELETED = {"kind": "deleted", "actor": f"account:{ID}", "node": _GONE}
_ENTRY = {"seq": 41, "at": LATER, "changes": [_PLACED, _DELETED], "cursor": CURSOR}

Actor = Annotated[
    str, Field(examples=[f"account:{ID}"], description="Who did it: `account:` and the account's id")
]


class Placed(Answer):
    """A node came into being, was renamed, moved, replaced or restored: it stands in the tree as it says."""

    model_config = sample(**_PLACED)

    kind: Literal["placed"]
    actor: Actor
    node: Node


class GoneNode(Answer):
    """What is left to say of a node that was deleted."""

    model_config = sample(**_GONE)

    id: Id
    kind: Literal["folder", "file"]
    name: str
    revision: int
    seq: int
    parent_id: None


class Deleted(Answer):
    """A node has left the tree, with all that is below it."""

    model_config = sample(**_DELETED)

    kind: Literal["deleted"]
    actor: Actor
    node: GoneNode


Change = TypeAliasType(
    "Change",
    Annotated[Placed | Deleted, Field(discriminator="kind", description="What happened to one node.")],
)


class JournalEntry(Answer):
    """All that one transaction changed: at most one change for each node, each with the entry's seq."""

    model_config = sample(**_ENTRY)

    seq: int = Field(description="Grows by one from entry to entry")
    at: datetime
    changes: list[Change]
    cursor: str = Field(description="The place behind this entry")


class ChangePage(Answer):
    """What happened behind a cursor, oldest first; empty if nothing did."""

    model_config = sample(items=[_ENTRY], next_cursor=CURSOR, more=False)

    items: list[JournalEntry]
    next_cursor: str = Field(description="Where to go on, also at the end")
    more: bool = Field(description="Whether something stands behind `next_cursor` already")
