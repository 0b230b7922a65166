"""Drives and nodes, as the metadata service keeps them."""

from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import (
    At,
    Conflict,
    Drive,
    Node,
    NodePage,
    PlacedNode,
    Sort,
)


class Nodes(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered, and of a change
    that repeating it with the same command_id is safe."""

    async def drive(self, caller: Caller) -> At[Drive]: ...

    async def get(self, caller: Caller, node_id: str, *, with_ancestors: bool) -> At[PlacedNode]: ...

    async def resolve(self, caller: Caller, segments: tuple[str, ...]) -> At[PlacedNode]: ...

    async def list_folder(
        self, caller: Caller, folder_id: str, *, limit: int, cursor: str, sort: Sort, descending: bool
    ) -> At[NodePage]: ...

    async def create_folder(
        self, caller: Caller, *, command_id: str, parent_id: str, name: str, conflict: Conflict
    ) -> At[Node]: ...

    async def update(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        name: str | None,
        parent_id: str | None,
        conflict: Conflict,
        if_revision: int | None,
    ) -> At[Node]: ...
