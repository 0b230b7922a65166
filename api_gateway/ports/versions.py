"""The versions of files, as the metadata service keeps them."""

from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.nodes import At, Node
from api_gateway.domain.versions import Version, VersionPage


class Versions(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered, and of a change
    that repeating it with the same command_id is safe."""

    async def list(self, caller: Caller, file_id: str, *, limit: int, cursor: str) -> At[VersionPage]: ...

    async def restore(
        self, caller: Caller, file_id: str, number: int, *, command_id: str, if_revision: int | None
    ) -> At[Node]: ...

    async def delete(self, caller: Caller, file_id: str, number: int, *, command_id: str) -> At[Version]: ...

    async def keep(
        self, caller: Caller, file_id: str, number: int, *, command_id: str, keep: bool
    ) -> At[Version]: ...
