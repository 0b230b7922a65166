"""Jobs, and what begins them, as the metadata service keeps them."""

from typing import Protocol

from api_gateway.domain.identity import Caller
from api_gateway.domain.jobs import Job, JobPage
from api_gateway.domain.nodes import At, Conflict, Node


class Jobs(Protocol):
    """Refusals are RemoteError with the service's code; Unavailable means that nobody answered, and of a change
    that repeating it with the same command_id is safe."""

    async def copy(
        self,
        caller: Caller,
        node_id: str,
        *,
        command_id: str,
        parent_id: str,
        name: str | None,
        conflict: Conflict,
    ) -> At[Node] | Job:
        """The copy of a file, or the job that copies a folder."""
        ...

    async def delete_for_ever(self, caller: Caller, node_id: str, *, command_id: str) -> Job: ...

    async def empty_trash(self, caller: Caller, *, command_id: str) -> Job: ...

    async def list(self, caller: Caller, *, limit: int, cursor: str) -> JobPage: ...

    async def get(self, caller: Caller, job_id: str) -> Job: ...

    async def cancel(self, caller: Caller, job_id: str) -> Job: ...
