"""The bodies of requests that do many things: each as it would be alone, with `op` saying which it is."""

from typing import Annotated, Literal

from pydantic import Field

from api_gateway.adapters.http.models.bases import ID, OTHER_ID
from api_gateway.adapters.http.requests import Body, IdText, NewFolder, NodeChange, Restoration, Revision
from api_gateway.domain.batches import (
    MAX_OPERATIONS,
    MAX_STEPS,
    FolderCreation,
    NodeRestoration,
    NodeTrashing,
    NodeUpdate,
    Operation,
)

ExpectedRevision = Annotated[
    Revision | None, Field(description="The revision that the node must still have, as If-Match")
]


class CreateFolder(NewFolder):
    """Make a folder."""

    op: Literal["create_folder"] = Field(examples=["create_folder"])

    def to_domain(self) -> Operation:
        return FolderCreation(self.parent_id, self.name, self.conflict)


class UpdateNode(NodeChange):
    """Rename, move, or both at once."""

    op: Literal["update"] = Field(examples=["update"])
    node_id: IdText = Field(examples=[ID])
    if_revision: ExpectedRevision = None

    def to_domain(self) -> Operation:
        return NodeUpdate(self.node_id, self.name, self.parent_id, self.conflict, self.if_revision)


class TrashNode(Body):
    """Move a node to the trash."""

    op: Literal["trash"] = Field(examples=["trash"])
    node_id: IdText = Field(examples=[ID])
    if_revision: ExpectedRevision = None

    def to_domain(self) -> Operation:
        return NodeTrashing(self.node_id, self.if_revision)


class RestoreNode(Restoration):
    """Take a node out of the trash."""

    op: Literal["restore"] = Field(examples=["restore"])
    node_id: IdText = Field(examples=[ID])

    def to_domain(self) -> Operation:
        return NodeRestoration(self.node_id, self.parent_id, self.name, self.conflict)


AnyOperation = Annotated[CreateFolder | UpdateNode | TrashNode | RestoreNode, Field(discriminator="op")]
_SWAP = [
    {"op": "update", "node_id": ID, "name": "draft.txt"},
    {"op": "update", "node_id": OTHER_ID, "name": "final.txt"},
]


class Batch(Body):
    """Done one by one, in no promised order."""

    operations: list[AnyOperation] = Field(
        min_length=1,
        max_length=MAX_OPERATIONS,
        examples=[[{"op": "update", "node_id": ID, "name": "a.txt"}, {"op": "trash", "node_id": OTHER_ID}]],
    )


class Steps(Body):
    """Done together or not at all; each on a node of its own."""

    steps: list[AnyOperation] = Field(min_length=1, max_length=MAX_STEPS, examples=[_SWAP])
