"""The trash, as the metadata service keeps it."""

from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, Conflict, Node, TrashItem, TrashPage


class Trash(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered, and of a change
    that repeating it with the same command_id is safe."""

    async def put(
        self, caller: Caller, node_id: str, *, command_id: str, if_revision: int | None
    ) -> At[TrashItem]: ...

    async def restore(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        parent_id: str | None,
        name: str | None,
        conflict: Conflict,
    ) -> At[Node]: ...

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> At[TrashPage]: ...
